/** What the chat and the bus of many machines (nats_bus.ts) tell each other. Types alone, so that nothing is loaded with them. */

/** A place in the stream. */
export interface Position {
  /** Sequence of the last event that was applied. */
  readonly sequence: number;
  /** The stamp it had. */
  readonly last: number;
  /** Which stream: when it was made. */
  readonly stream: string;
}

/** What the chat tells the bus of itself. */
export interface Replica<E> {
  /** All that another machine needs to go on from here, as JSON. Called between two events. */
  snapshot(): unknown;
  /** A part of what is too large for a snapshot. */
  page(question: unknown): unknown | Promise<unknown>;
  /** To be called after each event. */
  applied(event: E, position: Position): void;
  /** The machines that should be there. */
  machines(): Iterable<string>;
  /** What is to be committed when a machine is silent, and the same id on whichever machine says so. */
  silent(machine: string): { readonly id: string; readonly event: E };
  /** NATS went or came back. */
  changed(isUp: boolean): void;
  /** Too much was missed: take a snapshot again. */
  missed(): Promise<void>;
}

/** What a joining machine starts from. */
export interface Joined {
  readonly position: Position;
  readonly state: unknown;
  /** Asks the same peer for a page. */
  page(question: unknown): Promise<unknown>;
}

/** What a bus is made of. */
export interface NatsOptions<E> {
  /** Where NATS is: "nats://host:4222", several with commas. */
  readonly url: string;
  /** Names this run of this machine; never used again. Letters, digits and "-". */
  readonly machine: string;
  /** What commit() rejects with while NATS is gone. */
  readonly refusal: (event: E) => unknown;
  /** Whether an event waits for NATS rather than being refused. */
  readonly mustHappen: (event: E) => boolean;
  readonly log: (level: "info" | "error", text: string) => void;
  /** Silence after which a machine is taken for gone. */
  readonly leaseMs: number;
}
