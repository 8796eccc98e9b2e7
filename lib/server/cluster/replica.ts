/**
 * The interface between the chat and the bus of many machines (nats_bus.ts). Only types, so that importing it loads
 * no code.
 */
import type { BusFault } from "./bus_fault.ts";
import type { Silence } from "./silence_watch.ts";

/** A position in the stream. */
export interface Position {
  /** The sequence of the last event that was applied. */
  readonly sequence: number;
  /** The stamp of that event. */
  readonly last: number;
  /** The name of the stream: the time when it was created. */
  readonly stream: string;
}

/** The functions of the chat that the bus calls. */
export interface Replica<E> {
  /** The state that another machine needs to continue from this event, as JSON. Called between two messages. */
  snapshot(): unknown;
  /** A part of the data that is too large for a snapshot. */
  page(question: unknown): unknown | Promise<unknown>;
  /** The bus calls it after each event. */
  onApplied(event: E, silence: Silence): void;
  /** The bus calls it in the same tick, when everything up to this position is applied. */
  onPosition(position: Position): void;
  /** The machines that should be running. */
  machines(): Iterable<string>;
  /** Called for each heartbeat of this machine while the bus accepts events. */
  onHeartbeat(silence: Silence): void;
  /** The bus stopped or resumed accepting events because of a fault. */
  onUpChange(isUp: boolean, fault: BusFault): void;
  /** Tells a problem, or its end, to the operators and the log. */
  onNews(sentence: string, level: "info" | "error"): void;
  /** Events are missing and the stream cannot give them: take a snapshot again. */
  replaceState(): Promise<void>;
}

/** The state that a joining machine starts from. */
export interface Joined {
  readonly position: Position;
  readonly state: unknown;
  /** Asks the same machine for a page. */
  page(question: unknown): Promise<unknown>;
}

/** The options of a bus. */
export interface NatsOptions<E> {
  /** The address of NATS: "nats://host:4222", several with commas. */
  readonly url: string;
  /** The name of this run of this machine; no other run has it. Letters, digits and "-". */
  readonly machine: string;
  /** The value that commit() rejects with when an event cannot be ordered. */
  readonly refusal: (event: E, fault: BusFault) => unknown;
  /** Whether an event waits for NATS instead of being refused. */
  readonly mustHappen: (event: E) => boolean;
  /** The clock of this machine for stamps, in milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (level: "info" | "error", text: string) => void;
  /** The time without a heartbeat after which a machine counts as lost. */
  readonly leaseMs: number;
}
