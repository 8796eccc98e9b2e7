/**
 * The messages and events of each channel and conversation, as the page shows them: in order of time, each message once,
 * with its reactions. Plain data; knows no element.
 */
import type { ChatEvent } from "../state/event.ts";
import { isAddressedToUs } from "../state/mentions.ts";
import type { Span } from "../text/formatting.ts";
import { fold, type Folded } from "../../irc/names.ts";

/** A message, with the time of the event. */
export type SaidEvent = Extract<ChatEvent, { readonly kind: "said" }>;

/** A message in a timeline. */
export interface SaidEntry {
  readonly kind: "said";
  readonly key: string;
  readonly at: number;
  readonly said: SaidEvent;
  /** The nicks of those who reacted, by emoji. */
  readonly reactions: ReadonlyMap<string, ReadonlySet<string>>;
  readonly isDeleted: boolean;
}

/** Joins and leaves, or a line for this person only. */
export type LineKind = "presence" | "note" | "warning";

/** A line that is not a message. */
export interface LineEntry {
  readonly kind: LineKind;
  readonly key: string;
  readonly at: number;
  readonly spans: readonly Span[];
}

/** One entry of a timeline. */
export type TimelineEntry = SaidEntry | LineEntry;

/** The entries of one buffer, and how many the person has not read. */
export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  readonly unread: number;
  readonly mentions: number;
  /** The person has read up to this time, on any device; 0 when it is not known. */
  readonly readAt: number;
  /** The "New messages" separator is after this time; undefined for no separator. */
  readonly separatorAt: number | undefined;
  /** The server has no older messages. */
  readonly isComplete: boolean;
}

/** The timeline of a buffer without messages. */
export const emptyTimeline: Timeline = {
  entries: [],
  unread: 0,
  mentions: 0,
  readAt: 0,
  separatorAt: undefined,
  isComplete: false,
};
/** Above this number the oldest entries are dropped, unless the person reads there; the server still has them. */
const maxEntries = 3000;

/** All timelines, by folded buffer name. */
export class Timelines {
  readonly #all = new Map<Folded, Timeline>();
  #madeKeys = 0;

  of(buffer: string): Timeline {
    return this.#all.get(fold(buffer)) ?? emptyTimeline;
  }

  remove(buffer: string): void {
    this.#all.delete(fold(buffer));
  }

  /**
   * Adds a message; one with a known id is not added again. `isSeen`: the person is looking at it. Among messages of the
   * same time it comes first when it `isOlder`, else last.
   */
  addSaid(said: SaidEvent, isSeen: boolean, isOlder = false): void {
    const timeline = this.of(said.buffer);
    const key = said.id ?? this.#key();
    if (said.id !== undefined && timeline.entries.some((entry) => entry.key === key)) return;
    const entry: SaidEntry = {
      key,
      at: said.at,
      kind: "said",
      said,
      reactions: new Map(),
      isDeleted: false,
    };
    const isRead = isSeen || said.own || said.at <= timeline.readAt ||
      (said.history === true && timeline.readAt === 0);
    this.#put(said.buffer, {
      ...timeline,
      entries: inserted(timeline.entries, entry, isOlder),
      unread: timeline.unread + (isRead ? 0 : 1),
      mentions: timeline.mentions + (!isRead && isAddressedToUs(said) ? 1 : 0),
      readAt: (isSeen || said.own) && !said.history ? Math.max(timeline.readAt, said.at) : timeline.readAt,
      separatorAt: separatorAfter(timeline, said, isRead),
    });
  }

  /** Adds a line that is not a message. */
  addLine(buffer: string, kind: LineKind, spans: readonly Span[], at: number): void {
    const timeline = this.of(buffer);
    const entry: LineEntry = { key: this.#key(), at, kind, spans };
    this.#put(buffer, { ...timeline, entries: inserted(timeline.entries, entry) });
  }

  /** Adds or removes somebody's reaction to a message. */
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

  markDeleted(buffer: string, id: string): void {
    this.#change(buffer, id, (entry) => entry.kind === "said" ? { ...entry, isDeleted: true } : entry);
  }

  /** The person has read everything; returns the time of the newest message, 0 when there is none. */
  markAllRead(buffer: string): number {
    const timeline = this.of(buffer);
    const newest = timeline.entries.findLast((entry) => entry.kind === "said")?.at ?? 0;
    if (timeline.unread > 0 || newest > timeline.readAt) this.markRead(buffer, newest);
    return newest;
  }

  /** The person has read up to a time, here or on another device. */
  markRead(buffer: string, upTo: number): void {
    const timeline = this.of(buffer);
    if (upTo < timeline.readAt) return;
    const unread = timeline.entries.flatMap((entry) =>
      entry.kind === "said" && entry.at > upTo && !entry.said.own ? [entry.said] : []
    );
    this.#put(buffer, {
      ...timeline,
      readAt: upTo,
      separatorAt: timeline.separatorAt ?? (unread.length > 0 ? upTo : undefined),
      unread: unread.length,
      mentions: unread.filter(isAddressedToUs).length,
    });
  }

  /** Removes the "New messages" separator. */
  removeSeparator(buffer: string): void {
    this.#put(buffer, { ...this.of(buffer), separatorAt: undefined });
  }

  /** Whether the server has no older messages. */
  setComplete(buffer: string, isComplete: boolean): void {
    this.#put(buffer, { ...this.of(buffer), isComplete });
  }

  /** Moves lines to another buffer. */
  moveLines(from: string, to: string): void {
    for (const entry of this.of(from).entries) {
      if (entry.kind !== "said") this.addLine(to, entry.kind, entry.spans, entry.at);
    }
    this.remove(from);
  }

  /** Drops the oldest entries when there are too many. */
  trim(buffer: string): void {
    const { entries, ...others } = this.of(buffer);
    if (entries.length <= maxEntries) return;
    this.#put(buffer, { ...others, entries: entries.slice(-maxEntries), isComplete: false });
  }

  #put(buffer: string, timeline: Timeline): void {
    this.#all.set(fold(buffer), timeline);
  }

  #change(buffer: string, key: string, change: (entry: TimelineEntry) => TimelineEntry): void {
    const timeline = this.of(buffer);
    this.#put(buffer, {
      ...timeline,
      entries: timeline.entries.map((entry) => entry.key === key ? change(entry) : entry),
    });
  }

  #key(): string {
    return `line-${++this.#madeKeys}`;
  }
}

/** The separator appears before the first unread message, and disappears when the person writes. */
function separatorAfter(
  { separatorAt, readAt }: Timeline,
  said: SaidEvent,
  isRead: boolean,
): number | undefined {
  if (said.own && !said.history) return undefined;
  if (separatorAt !== undefined || isRead) return separatorAt;
  return readAt > 0 ? readAt : said.at - 1;
}

/** Inserts an entry in order of time; a new entry is nearly always the last. */
function inserted(entries: readonly TimelineEntry[], entry: TimelineEntry, isOlder = false): TimelineEntry[] {
  const latest = isOlder ? entry.at - 1 : entry.at;
  let at = entries.length;
  while (at > 0 && (entries[at - 1]?.at ?? 0) > latest) at--;
  return [...entries.slice(0, at), entry, ...entries.slice(at)];
}
