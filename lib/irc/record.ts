/**
 * A record is a message in the history: one complete line of IRC without time and msgid, which its stamp gives. The
 * further lines of a multiline message follow after CR, which no line contains: "CR space text" starts a new line,
 * "CR + text" continues the line before.
 */
import { type Message, parse } from "./message.ts";

/** One line of a multiline message; `concat`: it continues the line before (draft/multiline-concat). */
export interface TextLine {
  readonly text: string;
  readonly concat?: true;
}

/** `line` has the text of the first line as its last parameter; `more` are the lines after it. */
export function formatRecord(line: string, more: readonly TextLine[]): string {
  return more.reduce((record, { text, concat }) => `${record}\r${concat ? "+" : " "}${text}`, line);
}

/** The message with its first line, and the lines after it; undefined if the text is not a record. */
export function parseRecord(record: string): { message: Message; more: readonly TextLine[] } | undefined {
  const end = record.indexOf("\r");
  const message = parse(end < 0 ? record : record.slice(0, end));
  if (message === undefined) return undefined;
  if (end < 0) return { message, more: [] };
  const more = record.slice(end + 1).split("\r").map((line) => ({
    text: line.slice(1),
    ...(line.startsWith("+") && { concat: true as const }),
  }));
  return { message, more };
}

/** The whole text of a multiline message, with LF between its lines. */
export function wholeText(first: string, more: readonly TextLine[]): string {
  return more.reduce((whole, { text, concat }) => whole + (concat ? "" : "\n") + text, first);
}
