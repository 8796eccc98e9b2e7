/**
 * Keeps us from being thrown out for talking too fast: where the server does not say that it slows us down by itself
 * (SAFERATE), what we say goes out in its order, some lines at once and then one every two seconds.
 */

const burst = 5;
const intervalMs = 2_000;

/** Begins to call every two seconds; the answer ends that. */
export type StartTimer = (tick: () => void) => () => void;

/** What is said on one connection. */
export class SendPace {
  readonly #send: (line: string) => void;
  readonly #clock: StartTimer;
  readonly #waiting: string[] = [];
  #left = burst;
  #stop: (() => void) | undefined;

  constructor(send: (line: string) => void, clock: StartTimer = everyInterval) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Sends now, or when it is this line's turn; `free` says that the server takes any speed. */
  send(line: string, free: boolean): void {
    if (this.#waiting.length > 0 || (!free && this.#left === 0)) return void this.#waiting.push(line);
    this.#send(line);
    if (free) return;
    this.#left--;
    this.#stop ??= this.#clock(() => this.#tick());
  }

  /** What waits is not sent any more. */
  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#waiting.length = 0;
  }

  #tick(): void {
    const line = this.#waiting.shift();
    if (line !== undefined) return this.#send(line);
    this.#left++;
    if (this.#left < burst) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}

function everyInterval(tick: () => void): () => void {
  const timer = setInterval(tick, intervalMs);
  return () => clearInterval(timer);
}
