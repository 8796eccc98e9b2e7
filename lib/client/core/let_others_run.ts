/**
 * Long work in parts: keys, drawing and lines of the network are handled between them. It does not decide what the work
 * is.
 */

/** Work goes on without a pause for this long. */
const sliceMs = 5;
/**
 * In a page a timer is a bad pause: it takes at least 4 ms, and a second or more while the page is hidden. Outside a page
 * only a timer is a pause: while messages or immediates wait, Deno looks for keys and network data only every 61 rounds.
 */
const isPage = "document" in globalThis;

/** Resolves when the events that wait now have been handled. */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => {
    if (!isPage) return void setTimeout(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/**
 * Resolves outside of the timer that runs now. Five minutes after a page was hidden, Chromium fires a timer that was set by a
 * chain of timers only once a minute; one that was set in a message is late by a second at most.
 */
export function leaveTimer(): Promise<void> {
  return isPage ? letOthersRun() : Promise.resolve();
}

/** The parts of one long work. */
export class WorkSlices {
  #begun = performance.now();

  /** Whether it is time for a pause. */
  get isLong(): boolean {
    return performance.now() - this.#begun >= sliceMs;
  }

  /** Pauses; the next part begins. */
  async pause(): Promise<void> {
    await letOthersRun();
    this.#begun = performance.now();
  }
}
