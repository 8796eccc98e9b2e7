/**
 * A client that only sends PING, in a worker of its own (watcher_worker.ts): the time until each answer is how long the
 * server lets others wait. On a computer that others use too, a part of that time is not the server's; so the watcher
 * also reads the CPU time that the server's main thread used until the answer (Linux only).
 */

/** The answers since the last call of take(). */
export interface Waits {
  readonly medianMs: number;
  readonly worstMs: number;
  /** The most CPU time of the server's main thread between a PING and its answer; NaN where it is not known. */
  readonly worstCpuMs: number;
}

/** Sends a PING every two milliseconds, or as soon as the one before is answered. */
export class Watcher implements Disposable {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Resolves when the watcher is registered. `pid` is the server. */
  static async start({ port, pid }: { readonly port: number; readonly pid: number }): Promise<Watcher> {
    const watcher = new Watcher(
      new Worker(new URL("./watcher_worker.ts", import.meta.url), { type: "module" }),
    );
    await watcher.#ask({ port, pid });
    return watcher;
  }

  /** The waits since the last call; a PING that is not answered yet counts with its time until now. */
  async take(): Promise<Waits> {
    return await this.#ask("take") as Waits;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  #ask(question: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`The watcher ended: ${event.message}`));
      };
      this.#worker.postMessage(question);
    });
  }
}
