/** The interface between the chat and the bus of many machines (nats_bus.ts). Only types, so that importing it loads no code. */

/** A position in the stream. */
export interface Position {
  /** The sequence of the last event that was applied. */
  readonly sequence: number;
  /** The stamp of that event. */
  readonly last: number;
  /** The stream, named by the time when it was made. */
  readonly stream: string;
}

/** The chat, as the bus sees it. */
export interface Replica<E> {
  /** Everything that another machine needs to continue from here, as JSON. Called between two events. */
  snapshot(): unknown;
  /** A part of the data that is too large for a snapshot. */
  page(question: unknown): unknown | Promise<unknown>;
  /** The bus calls it after each event. */
  applied(event: E, position: Position): void;
  /** The machines that should be running. */
  machines(): Iterable<string>;
  /** The event to commit when a machine is silent. Its id is the same on every machine that commits it. */
  silent(machine: string): { readonly id: string; readonly event: E };
  /** The bus stopped or resumed accepting events. */
  changed(isUp: boolean): void;
  /** Events are missing and the stream cannot give them: take a snapshot again. */
  missed(): Promise<void>;
}

/** The state that a joining machine starts from. */
export interface Joined {
  readonly position: Position;
  readonly state: unknown;
  /** Asks the same machine for a page. */
  page(question: unknown): Promise<unknown>;
}

/** What a bus needs. */
export interface NatsOptions<E> {
  /** The address of NATS: "nats://host:4222", several with commas. */
  readonly url: string;
  /** Names this run of this machine; never used again. Letters, digits and "-". */
  readonly machine: string;
  /** What commit() rejects with while NATS cannot be reached. */
  readonly refusal: (event: E) => unknown;
  /** Whether an event waits for NATS instead of being refused. */
  readonly mustHappen: (event: E) => boolean;
  readonly log: (level: "info" | "error", text: string) => void;
  /** Silence after which a machine counts as lost. */
  readonly leaseMs: number;
}
