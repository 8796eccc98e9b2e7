/** All messages of an account, page by page, as plain data for its owner. */
import { parseRecord, wholeText } from "../../irc/record.ts";
import { messageId, stampTime } from "../../irc/stamp.ts";
import type { SearchHit } from "./search_request.ts";
import type { Store } from "./store.ts";

/** One message or event of an account. */
export interface ExportedMessage {
  readonly time: string;
  readonly id: string;
  /** The name of the channel, or the nick of the recipient. */
  readonly target: string;
  readonly command: string;
  /** The lines of a multiline message are separated by LF. */
  readonly text: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A page of an export; pass `next` to get the following page; it is undefined at the end. */
export interface ExportPage {
  readonly items: readonly ExportedMessage[];
  readonly next: number | undefined;
}

/** The page after `afterEntry`, read in steps. The index must be complete. `account` is folded. */
export function* exportPage(
  { index, conversations, eraser }: Pick<Store, "index" | "conversations" | "eraser">,
  account: string,
  options: { afterEntry?: number | undefined; limit: number },
): Generator<void, ExportPage> {
  const { afterEntry, limit } = options;
  const isVisible = (hit: SearchHit) => !eraser.isHidden(hit);
  const hits = yield* index.searchInSteps({ logs: [], account, afterEntry, from: "start", limit, isVisible });
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
