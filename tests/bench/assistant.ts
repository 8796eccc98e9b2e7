/** A worker that answers questions one after the other. Its script calls answerWith() of assistant_worker.ts. */

/** An answer of the script. */
export type Answer = { readonly result: unknown } | { readonly error: string };

export class Assistant implements Disposable {
  readonly #worker: Worker;

  constructor(script: string) {
    this.#worker = new Worker(new URL(script, import.meta.url), { type: "module" });
  }

  /** Throws what the script throws. */
  ask(question: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if ("error" in data) reject(new Error(data.error));
        else resolve(data.result);
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      this.#worker.postMessage(question);
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
