/**
 * Joins, leaves and changes of name in a short time → one sentence for each channel: "ann, bob joined · cat left". Pure;
 * the UI decides how long to wait.
 */

import { fold } from "../../irc/names.ts";
import type { Presence } from "../state/event.ts";
import type { Span } from "./formatting.ts";
import type { State } from "../state/state.ts";
import { commaSeparated, describe, personSpan } from "./sentences.ts";

/** One sentence about a channel. */
export interface PresenceSentence {
  readonly buffer: string;
  /** The kinds of events, in order of the first of each. */
  readonly kinds: readonly Presence["kind"][];
  readonly spans: readonly Span[];
}

const maxNames = 10;

/** Whether an event can be in a group; our own events and kicks cannot. */
export function isGroupable(event: { readonly kind: string; readonly own?: boolean }): boolean {
  return ["joined", "parted", "quit", "renamed"].includes(event.kind) && event.own !== true;
}

/**
 * The sentences for a group of events. A person who left several channels at once is in one sentence only, the one for
 * the active buffer if possible.
 */
export function groupPresence(
  state: State,
  events: readonly Presence[],
  activeBuffer: string,
): PresenceSentence[] {
  const buffers = Map.groupBy(events, (event) => bufferOf(event, activeBuffer));
  return [...buffers].filter(([buffer]) => buffer !== "").map(([buffer, inBuffer]) => ({
    buffer,
    kinds: [...new Set(inBuffer.map(({ kind }) => kind))],
    spans: sentence(state, inBuffer),
  }));
}

function bufferOf(event: Presence, activeBuffer: string): string {
  if ("buffer" in event) return event.buffer;
  return event.buffers.includes(activeBuffer) ? activeBuffer : event.buffers[0] ?? "";
}

function sentence(state: State, events: readonly Presence[]): Span[] {
  const [only] = events;
  if (events.length === 1 && only !== undefined) return describe(state, only);
  const groups = Map.groupBy(
    events,
    ({ kind }) => kind === "joined" ? "joined" : kind === "renamed" ? "renamed" : "left",
  );
  const parts = [...groups].flatMap(([verb, group]): (readonly Span[])[] => {
    if (verb === "renamed") return group.slice(0, maxNames).map((event) => describe(state, event));
    // A person can join and leave several times.
    const people = [...new Map(group.map(({ who }) => [fold(who.nick), who])).values()];
    const names = people.slice(0, maxNames).map((who) => personSpan(state, who));
    const more = people.length - names.length;
    return [[...commaSeparated(names), { text: more > 0 ? ` and ${more} more ${verb}` : ` ${verb}` }]];
  });
  return parts.flatMap((part, at) => at === 0 ? part : [{ text: " · " }, ...part]);
}
