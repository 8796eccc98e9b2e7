/** The lists on the left: channels and conversations, with their unread messages. */
/// <reference lib="dom" />
import type { Buffer, State } from "../core/state.ts";
import { plainName } from "../text/plain.ts";
import { element } from "./element.ts";
import { updateRows } from "./list_rows.ts";
import type { Timelines } from "./timeline.ts";
import { unreadBadge } from "./unread_badge.ts";

/** What the lists show. */
export interface ChannelListParts {
  readonly state: State;
  readonly activeBuffer: string;
  readonly timelines: Timelines;
  readonly show: (name: string) => void;
}

/** Channels and conversations in the order in which the lists show them. */
export function listedNames(state: State): string[] {
  const { channels, conversations } = listedBuffers(state);
  return [...channels, ...conversations].map(({ name }) => name);
}

function listedBuffers(state: State): {
  readonly channels: readonly Buffer[];
  readonly conversations: readonly Buffer[];
} {
  const buffers = [...state.buffers.values()].sort((one, other) => one.name < other.name ? -1 : 1);
  return {
    channels: buffers.filter(({ kind }) => kind === "channel"),
    conversations: buffers.filter(({ kind }) => kind === "person"),
  };
}

/** Draws both lists. */
export function drawChannelList(parts: ChannelListParts): void {
  const { channels, conversations } = listedBuffers(parts.state);
  updateRows("channel-list", channels.map((buffer) => bufferRow(buffer, parts)));
  updateRows("conversation-list", conversations.map((buffer) => bufferRow(buffer, parts)));
}

function bufferRow(
  { name, joined }: Buffer,
  { activeBuffer, timelines, show }: ChannelListParts,
): HTMLElement {
  const badge = unreadBadge(timelines.of(name));
  const button = element(
    "button",
    {
      type: "button",
      class: joined ? undefined : "not-joined",
      title: joined ? undefined : `You are not in ${plainName(name)}`,
      "aria-current": name === activeBuffer ? "true" : undefined,
      click: () => show(name),
    },
    element("span", {}, plainName(name)),
    ...(badge === undefined ? [] : [badge]),
  );
  return element("li", {}, button);
}
