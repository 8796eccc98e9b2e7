/** The answer of a server to AUDIT → a table. Pure. */
import type { Message } from "../../irc/message.ts";
import { withoutFormatting } from "./formatting.ts";

/** Wider columns are not padded further. */
const maxWidth = 24;

/** One line for each act, in columns: time, operator, act, target, reason; the last line has the count. */
export function auditLines(messages: readonly Message[]): string[] {
  const replies = messages.filter(({ command, params }) => command === "NOTE" && params[0] === "AUDIT");
  const rows = replies.filter(({ params }) => params[1] === "LISTED").map(({ params }) => columnsOf(params));
  const widths = [0, 1, 2, 3].map((at) =>
    Math.min(maxWidth, rows.reduce((most, columns) => Math.max(most, columns[at]?.length ?? 0), 0))
  );
  const lines = rows.map((columns) =>
    columns.map((text, at) => text.padEnd(widths[at] ?? 0)).join("  ").trimEnd()
  );
  const end = replies.find(({ params }) => params[1] === "LIST_END")?.params.at(-1);
  return [...lines, ...(end === undefined ? [] : [withoutFormatting(end)])];
}

/** The reason is the part of the sentence after its first ": ". */
function columnsOf(params: readonly string[]): string[] {
  const [, , time = "", nick = "", account = "*", address = "", act = "", target = ""] = params.map(
    withoutFormatting,
  );
  const name = account === nick ? nick : `${nick} (${account === "*" ? address : account})`;
  const [, reason = ""] = /: (.*)/.exec(withoutFormatting(params.at(-1) ?? "")) ?? [];
  return [time.slice(0, 16).replace("T", " "), name, act, target === "*" ? "" : target, reason];
}
