/** The lists at both sides: rooms and conversations with what is unread, and who is in the room in front. */
/// <reference lib="dom" />
import { memberInk, personInk } from "../text/nick_color.ts";
import { plain, plainName } from "../text/plain.ts";
import { type Buffer, findBuffer, membersByRank, type State } from "../core/state.ts";
import { styleText } from "../text/text.ts";
import { byId, element } from "./element.ts";
import { cssColor, paint } from "./span_elements.ts";
import type { Timelines } from "./timeline.ts";

/** What the lists show. */
export interface Lists {
  readonly state: State;
  readonly current: string;
  readonly timelines: Timelines;
  readonly show: (name: string) => void;
}

/** Rooms and conversations in the order in which they are listed. */
export function listedNames(state: State): string[] {
  const { rooms, people } = listed(state);
  return [...rooms, ...people].map(({ name }) => name);
}

function listed(state: State): { readonly rooms: readonly Buffer[]; readonly people: readonly Buffer[] } {
  const buffers = [...state.buffers.values()].sort((one, other) => one.name < other.name ? -1 : 1);
  return {
    rooms: buffers.filter(({ kind }) => kind === "channel"),
    people: buffers.filter(({ kind }) => kind === "person"),
  };
}

/** Draws the lists anew. */
export function drawLists({ state, current, timelines, show }: Lists): void {
  byId("title").hidden = current === "";
  const { rooms, people: known } = listed(state);
  const row = (buffer: Buffer) => bufferRow(buffer, buffer.name === current, timelines, show);
  fill("room-list", rooms.map(row));
  fill("person-list", known.map(row));
  const room = findBuffer(state, current);
  const members = room?.kind === "channel" ? membersByRank(state, room) : [];
  byId("people-count").textContent = members.length > 0 ? String(members.length) : "";
  const people = members.map(({ nick, ranks, account, away }) => {
    const name = element(
      "span",
      { class: away ? "away" : undefined },
      plain(ranks.slice(0, 1)) + plainName(nick),
    );
    name.style.color = cssColor(personInk(state, { nick, ...(account !== undefined && { account }) }));
    const label = `${plainName(nick)}${away ? ", away" : ""}`;
    return element(
      "li",
      {},
      element("button", { type: "button", title: label, "aria-label": label, click: () => show(nick) }, name),
    );
  });
  fill("people-list", people);
  byId("invite").hidden = room?.kind !== "channel";
  byId("room-title").textContent = plainName(current);
  drawTopic(state, current, room?.topic ?? "");
}

/** With its links; a picture has no place in a line. */
function drawTopic(state: State, buffer: string, topic: string): void {
  const line = byId("topic");
  const spans = styleText(topic, { own: state.nick, inkOf: (nick) => memberInk(state, buffer, nick) });
  const parts = paint(spans).filter((node) => !(node instanceof HTMLImageElement));
  const drawn = element("p", { id: "topic", title: plain(topic) }, ...parts);
  if (!line.isEqualNode(drawn)) line.replaceWith(drawn);
}

/** Puts rows into a list and leaves those as they are that say the same, so that the keyboard keeps its place. */
function fill(id: string, rows: readonly HTMLElement[]): void {
  const list = byId(id);
  for (const [at, row] of rows.entries()) {
    const old = list.children[at];
    if (old === undefined) list.append(row);
    else if (!old.isEqualNode(row)) old.replaceWith(row);
  }
  while (list.children.length > rows.length) list.lastElementChild?.remove();
}

function bufferRow(
  { name, joined }: Buffer,
  isCurrent: boolean,
  timelines: Timelines,
  show: (name: string) => void,
): HTMLElement {
  const { unread, mentions } = timelines.of(name);
  const count = element("span", {
    class: `count ${mentions > 0 ? "mention" : ""}`,
    title: `${unread} unread`,
  }, String(unread));
  const button = element(
    "button",
    {
      type: "button",
      class: joined ? undefined : "left",
      title: joined ? undefined : `You are not in ${plainName(name)}`,
      "aria-current": isCurrent ? "true" : undefined,
      click: () => show(name),
    },
    element("span", {}, plainName(name)),
    ...(unread > 0 ? [count] : []),
  );
  return element("li", {}, button);
}
