/**
 * Joins, leaves and changes of name that come in one burst → one sentence for each room: "ann, bob joined · cat left".
 * Pure; how long a burst lasts is for the face to say.
 */

import { fold } from "../../irc/names.ts";
import type { Presence } from "../core/event.ts";
import type { Span } from "./formatting.ts";
import type { State } from "../core/state.ts";
import { describe, listed, personSpan } from "./sentences.ts";

/** One sentence about a room. */
export interface PresenceSentence {
  readonly buffer: string;
  /** What happened, the first first. */
  readonly kinds: readonly Presence["kind"][];
  readonly spans: readonly Span[];
}

const maxNames = 10;

/** Whether an event may wait for others of its burst: those about oneself may not, nor may a kick. */
export function isGroupable(event: { readonly kind: string; readonly own?: boolean }): boolean {
  return ["joined", "parted", "quit", "renamed"].includes(event.kind) && event.own !== true;
}

/**
 * The sentences for a burst. Who left several rooms at once stands in one of them only, in `front` when that is
 * among them.
 */
export function groupPresence(state: State, events: readonly Presence[], front: string): PresenceSentence[] {
  const rooms = Map.groupBy(events, (event) => roomOf(event, front));
  return [...rooms].filter(([buffer]) => buffer !== "").map(([buffer, inRoom]) => ({
    buffer,
    kinds: [...new Set(inRoom.map(({ kind }) => kind))],
    spans: sentence(state, inRoom),
  }));
}

function roomOf(event: Presence, front: string): string {
  if ("buffer" in event) return event.buffer;
  return event.buffers.includes(front) ? front : event.buffers[0] ?? "";
}

function sentence(state: State, events: readonly Presence[]): Span[] {
  const [only] = events;
  if (events.length === 1 && only !== undefined) return describe(state, only);
  const groups = Map.groupBy(
    events,
    ({ kind }) => kind === "joined" ? "joined" : kind === "renamed" ? "renamed" : "left",
  );
  const parts = [...groups].flatMap(([what, group]): (readonly Span[])[] => {
    if (what === "renamed") return group.slice(0, maxNames).map((event) => describe(state, event));
    // Who came and went several times is one person.
    const people = [...new Map(group.map(({ who }) => [fold(who.nick), who])).values()];
    const names = people.slice(0, maxNames).map((who) => personSpan(state, who));
    const more = people.length - names.length;
    return [[...listed(names), { text: more > 0 ? ` and ${more} more ${what}` : ` ${what}` }]];
  });
  return parts.flatMap((part, at) => at === 0 ? part : [{ text: " · " }, ...part]);
}
