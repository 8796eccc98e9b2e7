/** The standard streams. Data goes to standard output, everything else to standard error. */

import { TextLineStream } from "@std/streams/text-line-stream";

/** The lines of standard input. */
export function inputLines(): AsyncIterable<string> {
  return Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}

/** All of standard input. */
export function inputText(): Promise<string> {
  return new Response(Deno.stdin.readable).text();
}

/** Prints text without a newline; false when no program reads it any more. */
export function print(text: string): boolean {
  return write(Deno.stdout, text);
}

/** Prints a line to standard error. */
export function printError(line: string): boolean {
  return write(Deno.stderr, `${line}\n`);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) sent += stream.writeSync(bytes.subarray(sent));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
