/**
 * The order of what happens. Commands decide and commit events here; the bus says which came first, and every hub
 * that listens applies the same events in the same order. It does not look inside an event.
 */

/** Applies one event. `id` is its place in the order: larger than every earlier one. `by` names the session that asked. */
export type Apply<E> = (event: E, id: number, by: string) => void;

/** Puts events of type E in one order. */
export interface Bus<E> {
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
