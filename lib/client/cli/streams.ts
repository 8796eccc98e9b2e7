/** The standard streams. Data goes to standard output, everything else to standard error. */

import { TextLineStream } from "@std/streams/text-line-stream";
import { systemReason } from "../../net/system_reason.ts";
import { writeAll } from "../terminal/write_all.ts";

/** The lines of standard input. */
export function inputLines(): AsyncIterable<string> {
  return Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}

/** All of standard input. */
export function inputText(): Promise<string> {
  return new Response(Deno.stdin.readable).text();
}

/** Prints text without a newline; the result is undefined, or the reason why that is not possible. */
export function print(text: string): PrintFault | undefined {
  try {
    writeAll(Deno.stdout, new TextEncoder().encode(text));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return { kind: "closed" };
    return { kind: "failed", reason: systemReason(error) };
  }
}

/** The reason why text cannot be printed: no program reads it any more, or the system refuses it, as on a full disk. */
export type PrintFault = { readonly kind: "closed" } | { readonly kind: "failed"; readonly reason: string };

/** Prints a line to standard error. When that is not possible, there is no other place to say so. */
export function printError(line: string): void {
  try {
    writeAll(Deno.stderr, new TextEncoder().encode(`${line}\n`));
  } catch {
    // No program reads it, or the disk is full.
  }
}
