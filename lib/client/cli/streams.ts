/** The standard streams, where there is no terminal: data goes to standard output, everything else to standard error. */

import { TextLineStream } from "@std/streams/text-line-stream";
import type { Outcome } from "./pipe.ts";

/** Where lines go, each without its end. */
export interface LineStreams {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** The lines of standard input. */
export function inputLines(): AsyncIterable<string> {
  return Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}

/** All of standard input. */
export function inputText(): Promise<string> {
  return new Response(Deno.stdin.readable).text();
}

/** Runs a face to its end, or until nobody reads what it prints. */
export async function runInStreams(
  make: (streams: LineStreams) => { run(): Promise<Outcome> },
): Promise<Outcome> {
  const closed = Promise.withResolvers<Outcome>();
  const out = (line: string): void => {
    if (!print(`${line}\n`)) closed.resolve({ kind: "done" });
  };
  const face = make({ out, err: (line) => void complain(line) });
  return await Promise.race([face.run(), closed.promise]);
}

/** Prints text as it is; false when nobody reads any more. */
export function print(text: string): boolean {
  return write(Deno.stdout, text);
}

/** Prints a line for people. */
export function complain(line: string): boolean {
  return write(Deno.stderr, `${line}\n`);
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) sent += to.writeSync(bytes.subarray(sent));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
