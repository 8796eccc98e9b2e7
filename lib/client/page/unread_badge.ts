/**
 * The badge with the number of unread messages, beside a channel or conversation; a mention gives it another colour.
 * client/state/unread.ts counts the messages.
 */
/// <reference lib="dom" />
import { element } from "../elements/element.ts";
import type { UnreadCount } from "../state/unread.ts";

/** The badge; undefined when everything is read. */
export function unreadBadge({ messages, mentions }: UnreadCount): HTMLElement | undefined {
  if (messages === 0) return undefined;
  return element("span", {
    class: `count ${mentions > 0 ? "mention" : ""}`,
    title: `${messages} unread`,
  }, String(messages));
}
