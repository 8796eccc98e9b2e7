/** Everything an account has said, a page at a time, as plain data its owner can keep. */
import { parseRecord, wholeText } from "../../irc/record.ts";
import { messageId, stampTime } from "../../irc/stamp.ts";
import type { Conversations } from "./conversation.ts";
import type { SearchIndex } from "./search.ts";

/** One thing an account said or did. */
export interface Exported {
  readonly time: string;
  readonly id: string;
  /** The channel's name, or the nick it was said to. */
  readonly target: string;
  readonly command: string;
  /** LF between the lines of a multiline message. */
  readonly text: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A page of an export; `next` is what to go on with, undefined at the end. */
export interface ExportPage {
  readonly items: readonly Exported[];
  readonly next: number | undefined;
}

/** The page after `past`. The index must have followed everything. `account` is folded. */
export function exportPage(
  index: SearchIndex,
  conversations: Conversations,
  account: string,
  options: { past?: number | undefined; limit: number },
): ExportPage {
  const { past, limit } = options;
  const hits = index.search({ logs: [], account, past, from: "start", limit });
  const items = hits.flatMap(({ stamp, record, log }) => {
    const parsed = parseRecord(record);
    if (parsed === undefined) return [];
    const { message: { tags, command, params }, more } = parsed;
    return [{
      time: stampTime(stamp),
      id: messageId(stamp),
      target: conversations.name(log >> 1) || (params[0] ?? ""),
      command,
      text: wholeText(params[1] ?? "", more),
      tags: Object.fromEntries([...tags].filter(([name]) => name.startsWith("+"))),
    }];
  });
  return { items, next: hits.length < limit ? undefined : hits.at(-1)?.entry };
}
