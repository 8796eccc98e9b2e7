/** The lists on the left: channels and conversations, with their unread messages. */
/// <reference lib="dom" />
import { buffersInOrder } from "../state/buffer_order.ts";
import type { Buffer, State } from "../state/state.ts";
import { plainName } from "../text/plain.ts";
import { element } from "../elements/element.ts";
import { type ListRow, updateRows } from "../elements/list_rows.ts";
import type { UnreadMessages } from "../state/unread.ts";
import { unreadBadge } from "./unread_badge.ts";

/** The values that the lists show. */
export interface ChannelListParts {
  readonly state: State;
  readonly activeBuffer: string;
  readonly unread: UnreadMessages;
  readonly show: (name: string) => void;
}

/** Draws both lists. */
export function drawChannelList(parts: ChannelListParts): void {
  const buffers = buffersInOrder(parts.state);
  const rows = (kind: Buffer["kind"]) =>
    buffers.filter((buffer) => buffer.kind === kind).map((buffer) => bufferRow(buffer, parts));
  updateRows("channel-list", rows("channel"), parts.show);
  updateRows("conversation-list", rows("person"), parts.show);
}

function bufferRow(
  { name, joined }: Buffer,
  { activeBuffer, unread }: ChannelListParts,
): ListRow {
  const { messages, mentions } = unread.of(name);
  const isActive = name === activeBuffer;
  const make = () => {
    const badge = unreadBadge(unread.of(name));
    const button = element(
      "button",
      {
        type: "button",
        class: joined ? undefined : "not-joined",
        title: joined ? undefined : `You are not in ${plainName(name)}`,
        "aria-current": isActive ? "true" : undefined,
      },
      element("span", {}, plainName(name)),
      ...(badge === undefined ? [] : [badge]),
    );
    return element("li", {}, button);
  };
  return { key: name, looks: [joined, isActive, messages, mentions > 0].join(" "), make };
}
