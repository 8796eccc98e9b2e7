/**
 * The lines that the server prints. A line that cannot be written (the log is on a full disk, or its reader has ended)
 * must not end the chat: console.error of Deno then throws. Such lines are dropped, and the log tells how many.
 */
import type { Log } from "../chat/chat.ts";
import type { Database } from "../store/database.ts";

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

/** What a database that is closed could not save; undefined if it has saved everything. */
export function lossSentence(
  { failing, unsavedBytes, records, lostBefore }: Pick<
    Database,
    "failing" | "unsavedBytes" | "records" | "lostBefore"
  >,
  isShared: boolean,
): string | undefined {
  if (!failing) return undefined;
  const end = isShared ? "this machine gets them from the others when it starts" : "are lost";
  const count = records.unsaved + records.lost - lostBefore;
  if (count > 0) return `${count} messages and events could not be saved, and ${end}`;
  // Rows that can be made again, such as those of the search index, have no bytes.
  return unsavedBytes > 0 ? `Deletions or other changes could not be saved, and ${end}` : undefined;
}
