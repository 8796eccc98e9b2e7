/**
 * Brings a machine back after it lost the stream: it reads the missed events, or takes a snapshot again if the stream
 * no longer has them. A failed attempt is repeated until one succeeds or the bus (nats_bus.ts) cancels it.
 */
import type { NatsReader } from "./nats_reader.ts";
import type { NatsRequests } from "./nats_requests.ts";
import type { NatsStream } from "./nats_stream.ts";

/** The parts that a resync uses. */
export interface ResyncOptions<E> {
  readonly stream: NatsStream;
  readonly reader: NatsReader<E>;
  readonly requests: NatsRequests;
  /** Replaces the state of this machine with a snapshot, and starts the bus from there. */
  readonly replace: () => Promise<void>;
  readonly on: (event: "sequence gap" | "rejoined" | "resynced") => void;
  readonly log: (level: "info" | "error", text: string) => void;
}

const retryMs = 200;

/** The attempts of one bus; only the newest one counts. */
export class NatsResync<E> {
  readonly #options: ResyncOptions<E>;
  #current = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last logged failure: each attempt has the same one, and it is logged once. */
  #loggedFault = "";

  constructor(options: ResyncOptions<E>) {
    this.#options = options;
  }

  /** Begins attempts for this state. */
  run(state: "resyncing" | "rejoining"): void {
    this.cancel();
    const { signal } = this.#current = new AbortController();
    void this.#attempt(
      state === "resyncing" ? () => this.#resync(signal) : () => this.#rejoin(signal),
      signal,
    );
  }

  /** Ends the attempts; the result of a running attempt is ignored. */
  cancel(): void {
    this.#current.abort();
    clearTimeout(this.#timer);
  }

  async #attempt(act: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (signal.aborted) return;
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== this.#loggedFault) this.#options.log("error", `Cannot read the stream: ${fault}`);
      this.#loggedFault = fault;
      this.#timer = setTimeout(() => void this.#attempt(act, signal), retryMs);
    }
  }

  async #resync(signal: AbortSignal): Promise<void> {
    const { stream, reader, on } = this.#options;
    const ends = await stream.endsFrom(reader.position);
    const canResume = await reader.canResume(ends);
    if (signal.aborted) return;
    if (!canResume) return on("sequence gap");
    await reader.catchUp(ends.last);
    await stream.touch();
    if (signal.aborted) return;
    this.#loggedFault = "";
    on("resynced");
  }

  async #rejoin(signal: AbortSignal): Promise<void> {
    // No machine can take a snapshot from this one now.
    this.#options.requests.withdraw();
    await this.#options.replace();
    if (!signal.aborted) this.#options.on("rejoined");
  }
}
