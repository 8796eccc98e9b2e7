/**
 * The order of what happens. Commands decide and commit events here; the bus says which came first, and every hub
 * that listens applies the same events in the same order. It does not look inside an event.
 */

/** Applies one event. `id` is its place in the order: larger than every earlier one. `by` names the session that asked. */
export type Apply<E> = (event: E, id: number, by: string) => void;

/** How a bus does that more than one machine is on. */
export interface BusFigures {
  /** False while there is no order to be had. */
  readonly isUp: boolean;
  /** Events that are known to be there and not applied here yet. */
  readonly lag: number;
  /** Events that were committed here and not applied yet. */
  readonly inFlight: number;
  /** How often it went and came back. */
  readonly reconnects: number;
}

/** Puts events of type E in one order. */
export interface Bus<E> {
  /** Undefined where there is nothing to tell. */
  readonly figures?: BusFigures;
  /**
   * Gives the event its place. Returns nothing when it is applied already (this process alone), or a promise that
   * resolves once it is applied here; it rejects when the event is certain not to be applied.
   */
  commit(event: E, by: string): void | Promise<void>;
  /** Sets who applies the events. Called once, before the first commit. */
  subscribe(apply: Apply<E>): void;
  /** Ends the bus; nothing is applied after it. */
  close(): Promise<void>;
}
