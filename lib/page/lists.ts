/** The lists at both sides: rooms and conversations with what is unread, and who is in the room in front. */
/// <reference lib="dom" />
import { nickInk } from "../client/palette.ts";
import { plain, plainName } from "../client/plain.ts";
import { type Buffer, findBuffer, membersByRank, type State } from "../client/state.ts";
import { byId, element } from "./element.ts";
import { cssColor } from "./paint.ts";
import type { Timelines } from "./timeline.ts";

/** What the lists show. */
export interface Lists {
  readonly state: State;
  readonly current: string;
  readonly timelines: Timelines;
  readonly show: (name: string) => void;
}

/** Draws the lists anew. */
export function drawLists({ state, current, timelines, show }: Lists): void {
  const buffers = [...state.buffers.values()].sort((one, other) => one.name < other.name ? -1 : 1);
  const row = (buffer: Buffer) => bufferRow(buffer, buffer.name === current, timelines, show);
  byId("room-list").replaceChildren(
    ...buffers.filter(({ kind, joined }) => kind === "room" && joined).map(row),
  );
  byId("person-list").replaceChildren(...buffers.filter(({ kind }) => kind === "person").map(row));
  const room = findBuffer(state, current);
  const members = room?.kind === "room" ? membersByRank(state, room) : [];
  byId("people-count").textContent = members.length > 0 ? String(members.length) : "";
  byId("people-list").replaceChildren(...members.map(({ nick, ranks, account, away }) => {
    const name = element(
      "span",
      { class: away ? "away" : undefined },
      plain(ranks.slice(0, 1)) + plainName(nick),
    );
    name.style.color = cssColor(nick === state.nick ? "own" : nickInk(nick, account));
    const label = `${plainName(nick)}${away ? ", away" : ""}`;
    return element(
      "li",
      {},
      element("button", { type: "button", title: label, "aria-label": label, click: () => show(nick) }, name),
    );
  }));
  byId("room-title").textContent = plainName(current);
  byId("topic").textContent = plain(room?.topic ?? "");
  byId("topic").title = plain(room?.topic ?? "");
}

function bufferRow(
  { name }: Buffer,
  isCurrent: boolean,
  timelines: Timelines,
  show: (name: string) => void,
): HTMLElement {
  const { unread, mentions } = timelines.of(name);
  const count = element("span", {
    class: `count ${mentions > 0 ? "mention" : ""}`,
    "aria-label": `${unread} unread`,
  }, String(unread));
  const button = element(
    "button",
    { type: "button", "aria-current": isCurrent ? "true" : undefined, click: () => show(name) },
    element("span", {}, plainName(name)),
    ...(unread > 0 ? [count] : []),
  );
  return element("li", {}, button);
}
