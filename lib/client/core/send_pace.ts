/**
 * Limits how fast we send, as servers disconnect clients that flood. A server with SAFERATE slows us down by itself;
 * for any other one, some lines go at once, and then one every two seconds, in order.
 */

const burst = 5;
const intervalMs = 2_000;

/** Starts to call `tick` every two seconds; returns the function that stops it. */
export type StartTimer = (tick: () => void) => () => void;

/** The pace of one connection. */
export class SendPace {
  readonly #send: (line: string) => void;
  readonly #startTimer: StartTimer;
  readonly #waiting: string[] = [];
  #burstLeft = burst;
  #stop: (() => void) | undefined;

  constructor(send: (line: string) => void, startTimer: StartTimer = everyInterval) {
    this.#send = send;
    this.#startTimer = startTimer;
  }

  /** Sends now, or later in order; `free` when the server accepts any speed. */
  send(line: string, free: boolean): void {
    if (this.#waiting.length > 0 || (!free && this.#burstLeft === 0)) return void this.#waiting.push(line);
    this.#send(line);
    if (free) return;
    this.#burstLeft--;
    this.#stop ??= this.#startTimer(() => this.#tick());
  }

  /** Drops the lines that wait. */
  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#waiting.length = 0;
  }

  #tick(): void {
    const line = this.#waiting.shift();
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
