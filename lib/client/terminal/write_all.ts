/** Writes all bytes to a stream, also to one that another program has made non-blocking. */

import { deadlines } from "../../deadlines.ts";

/** Standard output or standard error. */
export interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

const pauseMs = 5;

/** Throws the error of the system when the bytes cannot be written. */
export function writeAll(stream: SyncWriter, bytes: Uint8Array): void {
  let waitedMs = 0;
  for (let sent = 0; sent < bytes.length;) {
    try {
      sent += stream.writeSync(bytes.subarray(sent));
      waitedMs = 0;
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock) || waitedMs >= deadlines.outputMs) throw error;
      waitedMs += pauseMs;
      pause();
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
}
