/**
 * The lines that the server prints. A line that cannot be written (the log is on a full disk, or its reader has ended)
 * must not end the chat: console.error of Deno then throws. Such lines are dropped, and the log tells how many.
 */
import type { Log } from "../chat/chat.ts";

/** A log that never throws; `print` writes one line, and adds the time. */
export function makeLog(print: (line: string) => void): Log {
  let dropped = 0;
  return (level, text) => {
    try {
      if (dropped > 0) print(`error ${dropped} lines of the log could not be written`);
      dropped = 0;
      // The log is read in terminals, so control characters are replaced; a stack keeps its lines.
      print(`${level} ${text.replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, "\ufffd")}`);
    } catch {
      dropped++;
    }
  };
}
