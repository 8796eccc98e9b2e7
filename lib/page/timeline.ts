/**
 * What was said and happened in each room and conversation, as the page shows it: in order of time, each message once,
 * with reactions and what was taken back. Plain data; knows no element.
 */
import type { ChatEvent, Said } from "../client/event.ts";
import type { Span } from "../client/formatting.ts";
import { fold, type Folded } from "../irc/names.ts";

/** Something said, with the time the event gave it. */
export type SaidEvent = Extract<ChatEvent, { readonly kind: "said" }>;

/** One entry of a timeline. */
export type Entry =
  & { readonly key: string; readonly at: number }
  & (
    | {
      readonly kind: "said";
      readonly said: SaidEvent;
      /** Who reacted, by emoji. */
      readonly reactions: ReadonlyMap<string, ReadonlySet<string>>;
      readonly isGone: boolean;
    }
    | { readonly kind: "presence" | "note" | "warning"; readonly spans: readonly Span[] }
  );

/** The entries of one buffer, and what of it was not seen. */
export interface Timeline {
  readonly entries: readonly Entry[];
  readonly unread: number;
  readonly mentions: number;
  /** Where the "new" rule stands: the time of the last entry that was seen. */
  readonly seenAt: number;
  /** Nothing older is to be had. */
  readonly isWhole: boolean;
}

const empty: Timeline = { entries: [], unread: 0, mentions: 0, seenAt: 0, isWhole: false };
/** More than these are let go at the old end; they can be asked for again. */
const mostEntries = 5000;

/** All timelines, by folded buffer name. */
export class Timelines {
  readonly #all = new Map<Folded, Timeline>();
  #made = 0;

  of(buffer: string): Timeline {
    return this.#all.get(fold(buffer)) ?? empty;
  }

  forget(buffer: string): void {
    this.#all.delete(fold(buffer));
  }

  /** A message; one that is there already (by its id) is not added again. `isSeen`: the person looks at it. */
  addSaid(said: SaidEvent, isSeen: boolean): void {
    const timeline = this.of(said.buffer);
    const key = said.id ?? this.#key();
    if (said.id !== undefined && timeline.entries.some((entry) => entry.key === key)) return;
    const entry: Entry = { key, at: said.at, kind: "said", said, reactions: new Map(), isGone: false };
    const counts = !said.history && !said.own && !isSeen;
    this.#put(said.buffer, {
      ...timeline,
      entries: inserted(timeline.entries, entry),
      unread: timeline.unread + (counts ? 1 : 0),
      mentions: timeline.mentions + (counts && (said.mention || isPrivate(said)) ? 1 : 0),
      seenAt: isSeen || said.own ? Math.max(timeline.seenAt, said.at) : timeline.seenAt,
    });
  }

  /** A line that is nobody's message. */
  addLine(buffer: string, kind: "presence" | "note" | "warning", spans: readonly Span[], at: number): void {
    const timeline = this.of(buffer);
    const entry: Entry = { key: this.#key(), at, kind, spans };
    this.#put(buffer, { ...timeline, entries: inserted(timeline.entries, entry) });
  }

  /** Somebody reacted to a message, or took a reaction back. */
  react(buffer: string, id: string, reaction: { emoji: string; nick: string; added: boolean }): void {
    this.#change(buffer, id, (entry) => {
      if (entry.kind !== "said") return entry;
      const reactions = new Map(entry.reactions);
      const people = new Set(reactions.get(reaction.emoji));
      if (reaction.added) people.add(reaction.nick);
      else people.delete(reaction.nick);
      if (people.size === 0) reactions.delete(reaction.emoji);
      else reactions.set(reaction.emoji, people);
      return { ...entry, reactions };
    });
  }

  /** A message was taken back. */
  redact(buffer: string, id: string): void {
    this.#change(buffer, id, (entry) => entry.kind === "said" ? { ...entry, isGone: true } : entry);
  }

  /** The person has seen all there is. */
  see(buffer: string): void {
    const timeline = this.of(buffer);
    this.#put(buffer, { ...timeline, unread: 0, mentions: 0 });
  }

  /** The "new" rule is not wanted any more. */
  settle(buffer: string): void {
    const timeline = this.of(buffer);
    this.#put(buffer, { ...timeline, seenAt: timeline.entries.at(-1)?.at ?? timeline.seenAt });
  }

  /** Nothing older can be asked for. */
  complete(buffer: string): void {
    this.#put(buffer, { ...this.of(buffer), isWhole: true });
  }

  #put(buffer: string, timeline: Timeline): void {
    const entries = timeline.entries.length > mostEntries
      ? timeline.entries.slice(-mostEntries)
      : timeline.entries;
    this.#all.set(fold(buffer), { ...timeline, entries });
  }

  #change(buffer: string, key: string, change: (entry: Entry) => Entry): void {
    const timeline = this.of(buffer);
    this.#put(buffer, {
      ...timeline,
      entries: timeline.entries.map((entry) => entry.key === key ? change(entry) : entry),
    });
  }

  #key(): string {
    return `line-${++this.#made}`;
  }
}

/** Entries with one more, in order of time; what comes now is nearly always the last. */
function inserted(entries: readonly Entry[], entry: Entry): Entry[] {
  let at = entries.length;
  while (at > 0 && (entries[at - 1]?.at ?? 0) > entry.at) at--;
  return [...entries.slice(0, at), entry, ...entries.slice(at)];
}

function isPrivate({ buffer }: Said): boolean {
  return !buffer.startsWith("#");
}
