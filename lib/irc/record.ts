/**
 * A record is a message as history keeps it: one line of IRC in its fullest form, without time and msgid, which its
 * place says. The further lines of a multiline message stand behind CR, which no line has inside: "CR space text" begins
 * a new line, "CR + text" goes on with the one before.
 */
import { type Message, parse } from "./message.ts";

/** One line of a multiline message; `concat`: it goes on with the line before (draft/multiline-concat). */
export interface TextLine {
  readonly text: string;
  readonly concat?: true;
}

/** `line` has the first line's text as its last parameter; `more` are the lines after it. */
export function formatRecord(line: string, more: readonly TextLine[]): string {
  return more.reduce((record, { text, concat }) => `${record}\r${concat ? "+" : " "}${text}`, line);
}

/** The message with its first line, and the lines after it; undefined for what is no record. */
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

/** All that a multiline message says, with LF between its lines. */
export function wholeText(first: string, more: readonly TextLine[]): string {
  return more.reduce((whole, { text, concat }) => whole + (concat ? "" : "\n") + text, first);
}
