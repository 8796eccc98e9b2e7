/**
 * A client that only sends PING, in a worker of its own (watcher_worker.ts): the time until each answer is how long the
 * server lets others wait. On a computer that others use too, a part of that time is not the server's; so the watcher
 * also reads the CPU time that the server's main thread used until the answer (Linux only).
 */
import { Assistant } from "./assistant.ts";

/** A server: its port, and its process, whose main thread is watched. */
export interface Watched {
  readonly port: number;
  readonly pid: number;
}

/** The answers since the last call of take(). */
export interface Waits {
  readonly medianMs: number;
  readonly worstMs: number;
  /** The most CPU time of the server's main thread between a PING and its answer; NaN where it is not known. */
  readonly worstCpuMs: number;
}

/** Sends a PING every two milliseconds, or as soon as the one before is answered. */
export class Watcher implements Disposable {
  readonly #worker = new Assistant("watcher_worker.ts");

  private constructor() {}

  /** Resolves when the watcher is registered. */
  static async start({ port, pid }: Watched): Promise<Watcher> {
    const watcher = new Watcher();
    await watcher.#worker.ask({ port, pid });
    return watcher;
  }

  /** The waits since the last call; a PING that is not answered yet counts with its time until now. */
  async take(): Promise<Waits> {
    return await this.#worker.ask("take") as Waits;
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}
