/** Waits and sends a file again when the server says that files come too fast: a person shares many pictures at once. */

import { deadlines } from "../../deadlines.ts";

/** The server takes the file later. */
export class TooFast extends Error {
  override readonly name = "TooFast";
  readonly retryMs: number;

  /** `retryAfter` is the header, in seconds; without it, or with a date, ten seconds. */
  constructor(sentence: string, retryAfter: string | null) {
    super(sentence);
    const seconds = /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) : 10;
    this.retryMs = seconds * 1000;
  }
}

/** The result of `send`, which rejects with TooFast to be called again. Gives up after deadlines.tooFastMs. */
export async function sendPatiently<T>(send: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let waitedMs = 0;;) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof TooFast) || waitedMs + error.retryMs > deadlines.tooFastMs) throw error;
      waitedMs += error.retryMs;
      await pause(error.retryMs, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}
