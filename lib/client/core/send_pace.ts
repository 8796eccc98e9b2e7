/**
 * Limits how fast we send, because servers disconnect clients that flood. A server with SAFERATE slows us down by
 * itself. To other servers we send the first lines at once, and then one line every two seconds, in order.
 */

const burst = 5;
const intervalMs = 2_000;

/** Starts to call `tick` every two seconds; returns the function that stops it. */
export type StartTimer = (tick: () => void) => () => void;

/** The pace of one connection. */
export class SendPace {
  readonly #send: (line: string) => void;
  readonly #startTimer: StartTimer;
  readonly #queued: string[] = [];
  #burstLeft = burst;
  #stop: (() => void) | undefined;

  constructor(send: (line: string) => void, startTimer: StartTimer = everyInterval) {
    this.#send = send;
    this.#startTimer = startTimer;
  }

  /** Sends a line now, or later in order; `unlimited` when the server accepts any speed. */
  send(line: string, unlimited: boolean): void {
    if (this.#queued.length > 0 || (!unlimited && this.#burstLeft === 0)) return void this.#queued.push(line);
    this.#send(line);
    if (unlimited) return;
    this.#burstLeft--;
    this.#stop ??= this.#startTimer(() => this.#tick());
  }

  /** Whether lines wait. */
  get isBusy(): boolean {
    return this.#queued.length > 0;
  }

  /** Drops the queued lines. */
  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#queued.length = 0;
  }

  #tick(): void {
    const line = this.#queued.shift();
    if (line !== undefined) return this.#send(line);
    this.#burstLeft++;
    if (this.#burstLeft < burst) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}

function everyInterval(tick: () => void): () => void {
  const timer = setInterval(tick, intervalMs);
  return () => clearInterval(timer);
}
