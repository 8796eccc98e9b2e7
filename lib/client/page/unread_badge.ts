/**
 * The badge with the number of unread messages, beside a channel or conversation; a mention gives it another colour.
 * client/timeline/timeline.ts counts the messages.
 */
/// <reference lib="dom" />
import { element } from "../elements/element.ts";
import type { Timeline } from "../timeline/timeline.ts";

/** The badge; undefined when everything is read. */
export function unreadBadge({ unread, mentions }: Timeline): HTMLElement | undefined {
  if (unread === 0) return undefined;
  return element("span", {
    class: `count ${mentions > 0 ? "mention" : ""}`,
    title: `${unread} unread`,
  }, String(unread));
}
