/**
 * What was said and happened in each room and conversation, as the page shows it: in order of time, each message once,
 * with reactions and what was taken back. Plain data; knows no element.
 */
import type { ChatEvent } from "../core/event.ts";
import { isForUs } from "../core/mentions.ts";
import type { Span } from "../text/formatting.ts";
import { fold, type Folded } from "../../irc/names.ts";

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
  /** The person has read up to here, on any device; 0 when that is not known. */
  readonly readAt: number;
  /** Where the "new" rule stands: behind this time. Undefined for none. */
  readonly ruleAt: number | undefined;
  /** Nothing older is to be had. */
  readonly isWhole: boolean;
}

/** Of a buffer where nothing was said. */
export const emptyTimeline: Timeline = {
  entries: [],
  unread: 0,
  mentions: 0,
  readAt: 0,
  ruleAt: undefined,
  isWhole: false,
};
/** More than these are let go at the old end when nobody reads there; they can be asked for again. */
const mostEntries = 3000;

/** All timelines, by folded buffer name. */
export class Timelines {
  readonly #all = new Map<Folded, Timeline>();
  #made = 0;

  of(buffer: string): Timeline {
    return this.#all.get(fold(buffer)) ?? emptyTimeline;
  }

  forget(buffer: string): void {
    this.#all.delete(fold(buffer));
  }

  /**
   * A message; one that is there already (by its id) is not added again. `isSeen`: the person looks at it. Among those
   * of the same time it comes first when it `isOlder`, else last.
   */
  addSaid(said: SaidEvent, isSeen: boolean, isOlder = false): void {
    const timeline = this.of(said.buffer);
    const key = said.id ?? this.#key();
    if (said.id !== undefined && timeline.entries.some((entry) => entry.key === key)) return;
    const entry: Entry = { key, at: said.at, kind: "said", said, reactions: new Map(), isGone: false };
    const isRead = isSeen || said.own || said.at <= timeline.readAt ||
      (said.history === true && timeline.readAt === 0);
    this.#put(said.buffer, {
      ...timeline,
      entries: inserted(timeline.entries, entry, isOlder),
      unread: timeline.unread + (isRead ? 0 : 1),
      mentions: timeline.mentions + (!isRead && isForUs(said) ? 1 : 0),
      readAt: (isSeen || said.own) && !said.history ? Math.max(timeline.readAt, said.at) : timeline.readAt,
      ruleAt: ruleAfter(timeline, said, isRead),
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

  /** The person has seen all there is; the answer is the time of the newest message, 0 when there is none. */
  see(buffer: string): number {
    const timeline = this.of(buffer);
    const newest = timeline.entries.findLast((entry) => entry.kind === "said")?.at ?? 0;
    if (timeline.unread > 0 || newest > timeline.readAt) this.read(buffer, newest);
    return newest;
  }

  /** The person has read up to a time, here or elsewhere. */
  read(buffer: string, upTo: number): void {
    const timeline = this.of(buffer);
    if (upTo < timeline.readAt) return;
    const waiting = timeline.entries.flatMap((entry) =>
      entry.kind === "said" && entry.at > upTo && !entry.said.own ? [entry.said] : []
    );
    this.#put(buffer, {
      ...timeline,
      readAt: upTo,
      ruleAt: timeline.ruleAt ?? (waiting.length > 0 ? upTo : undefined),
      unread: waiting.length,
      mentions: waiting.filter(isForUs).length,
    });
  }

  /** The "new" rule is not wanted any more. */
  settle(buffer: string): void {
    this.#put(buffer, { ...this.of(buffer), ruleAt: undefined });
  }

  /** Nothing older can be asked for. */
  complete(buffer: string): void {
    this.#put(buffer, { ...this.of(buffer), isWhole: true });
  }

  /** There may be something older after all. */
  reopen(buffer: string): void {
    this.#put(buffer, { ...this.of(buffer), isWhole: false });
  }

  /** Puts lines that had no place into a buffer. */
  move(from: string, to: string): void {
    for (const entry of this.of(from).entries) {
      if (entry.kind !== "said") this.addLine(to, entry.kind, entry.spans, entry.at);
    }
    this.forget(from);
  }

  /** Lets go of what is too much. */
  trim(buffer: string): void {
    const { entries, ...others } = this.of(buffer);
    if (entries.length <= mostEntries) return;
    this.#put(buffer, { ...others, entries: entries.slice(-mostEntries), isWhole: false });
  }

  #put(buffer: string, timeline: Timeline): void {
    this.#all.set(fold(buffer), timeline);
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

/** The rule comes with the first message that is not seen, and goes when the person answers. */
function ruleAfter({ ruleAt, readAt }: Timeline, said: SaidEvent, isRead: boolean): number | undefined {
  if (said.own && !said.history) return undefined;
  if (ruleAt !== undefined || isRead) return ruleAt;
  return readAt > 0 ? readAt : said.at - 1;
}

/** Entries with one more, in order of time; what comes now is nearly always the last. */
function inserted(entries: readonly Entry[], entry: Entry, isOlder = false): Entry[] {
  const latest = isOlder ? entry.at - 1 : entry.at;
  let at = entries.length;
  while (at > 0 && (entries[at - 1]?.at ?? 0) > latest) at--;
  return [...entries.slice(0, at), entry, ...entries.slice(at)];
}
