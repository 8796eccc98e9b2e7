/**
 * The bus gives events their order. Commands commit events to it, and every hub applies the same events in the same
 * order. It does not look inside an event.
 */

/**
 * Applies one event. `id` is its position in the order, larger than every earlier id; `by` is the session that asked.
 */
export type Apply<E> = (event: E, id: number, by: string) => void;

/** The bytes that NATS holds; a limit is 0 if there is none or it is not known. */
export interface StorageFigures {
  readonly eventsBytes: number;
  readonly eventsMaxBytes: number;
  /** Shared files, also unfinished ones. */
  readonly filesBytes: number;
  /** Everything in the account of NATS that the chat uses. */
  readonly accountBytes: number;
  readonly accountMaxBytes: number;
}

/** Figures of a bus that connects several machines. */
export interface BusFigures {
  /** False while the bus cannot order events. */
  readonly isUp: boolean;
  /** The reason why not, as a sentence for operators. */
  readonly problem?: string;
  readonly storage?: StorageFigures;
  /** Known events that are not applied here yet. */
  readonly lag: number;
  /** Events that were committed here and not applied yet. */
  readonly inFlight: number;
  /** The number of times the connection was lost and restored. */
  readonly reconnects: number;
  /** How far the clock of the bus is ahead of this machine's, in milliseconds; negative if it is behind. */
  readonly clockAheadMs: number;
}

/** Puts events of type E in one order. */
export interface Bus<E> {
  /** Undefined on a bus of one machine. */
  readonly figures?: BusFigures;
  /**
   * Gives the event its position in the order. Returns nothing when it is applied already (a bus of one machine), or
   * a promise that resolves once it is applied here; it rejects when the event is certainly not applied.
   */
  commit(event: E, by: string): void | Promise<void>;
  /** Sets the function that applies the events. Called once, before the first commit. */
  subscribe(apply: Apply<E>): void;
  /** Ends the bus; nothing is applied after it. */
  close(): Promise<void>;
}
