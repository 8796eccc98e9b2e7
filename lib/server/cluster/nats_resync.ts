/**
 * Brings a machine back after it lost the stream: it reads what it missed, or takes a snapshot again where the stream
 * cannot give that. A failed attempt is repeated until one succeeds or the bus (nats_bus.ts) cancels it.
 */
import type { NatsReader } from "./nats_reader.ts";
import type { NatsRequests } from "./nats_requests.ts";
import type { NatsStream } from "./nats_stream.ts";

/** What a resync needs. */
export interface ResyncOptions<E> {
  readonly stream: NatsStream;
  readonly reader: NatsReader<E>;
  readonly requests: NatsRequests;
  /** Replaces what this machine has by a snapshot, and starts the bus from it. */
  readonly replace: () => Promise<void>;
  readonly on: (event: "sequence gap" | "rejoined" | "resynced") => void;
  readonly log: (level: "info" | "error", text: string) => void;
}

const retryMs = 200;

/** The attempts of one bus, of which one counts at a time. */
export class NatsResync<E> {
  readonly #options: ResyncOptions<E>;
  #current = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A fault is logged once, though each attempt has it. */
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

  /** Ends the attempts; the outcome of one that is under way no longer counts. */
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
    const ends = await stream.ends();
    if (signal.aborted) return;
    if (!reader.canResume(ends)) return on("sequence gap");
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
