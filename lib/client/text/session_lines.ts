/** The answer of a server to SESSIONS → lines of text. Pure. */
import type { Message } from "../../irc/message.ts";
import { withoutFormatting } from "./formatting.ts";

/** One line for each device, with the id that ends it; the last line has the count. */
export function sessionLines(messages: readonly Message[]): string[] {
  const replies = messages.filter(({ command, params }) => command === "NOTE" && params[0] === "SESSIONS");
  const rows = replies.filter(({ params }) => params[1] === "LISTED").map(({ params }) => ({
    id: withoutFormatting(params[2] ?? ""),
    words: withoutFormatting(params.at(-1) ?? ""),
  }));
  const width = rows.reduce((most, { id }) => Math.max(most, id.length), 0);
  const lines = rows.map(({ id, words }) => `${id.padEnd(width)}  ${words}`);
  const end = replies.find(({ params }) => params[1] !== "LISTED")?.params.at(-1);
  const hint = rows.length > 1 ? ": /sessions end ID logs one out, /sessions end others all others" : "";
  return end === undefined ? lines : [...lines, withoutFormatting(end) + hint];
}
