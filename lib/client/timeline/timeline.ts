/**
 * The messages and events of each channel and conversation, as the page shows them: in order of time, each message once,
 * with its reactions. The memory holds the newest part of a buffer, and one older part while the person reads there; the
 * server has the rest. Plain data; knows no element.
 */
import type { SaidEvent } from "../state/event.ts";
import type { Span } from "../text/formatting.ts";
import { BufferTimeline, emptyTimeline, type ReadingPlace, type Timeline } from "./buffer_timeline.ts";
import { fold, type Folded } from "../../irc/names.ts";
import { deletedEntry, DeletedIds } from "./deleted_messages.ts";
import { EntryList } from "./entry_list.ts";
import { withReaction } from "./reacting_people.ts";
import { inBuffer, withRenamedReactions } from "./renamed_entries.ts";
import type { LineKind, Reaction, SaidEntry, TimelineEntry } from "./timeline_entry.ts";

/** The keys of entries without an id of the server begin with this. */
export const ownKeyPrefix = "line-";
const clockMs = 60_000;
/** Most messages have none, and an empty map for each takes as much memory as its words. */
const noReactions: SaidEntry["reactions"] = new Map();
const deletedSpans: readonly Span[] = [{ text: "Message deleted", italic: true }];

/** All timelines, by folded buffer name. */
export class Timelines {
  readonly #all = new Map<Folded, BufferTimeline>();
  /** The ids of deleted messages: a page of the history can arrive after the deletion. */
  readonly #deleted = new DeletedIds();
  #madeKeys = 0;

  of(buffer: string): Timeline {
    return this.#all.get(fold(buffer)) ?? emptyTimeline;
  }

  /** The entry with this key, when it is in memory. */
  find(buffer: string, key: string): TimelineEntry | undefined {
    for (const { list } of this.#all.get(fold(buffer))?.parts ?? []) {
      const entry = list.find(key);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  remove(buffer: string): void {
    this.#all.delete(fold(buffer));
  }

  /**
   * Adds a message; one with a known id is not added again. `isNew`: the person has not read it, so the separator is
   * before it. Among messages of the same time it comes first when it `isOlder`, else last.
   */
  addSaid(said: SaidEvent, isNew: boolean, isOlder = false): void {
    const timeline = this.#open(said.buffer);
    if (!timeline.latest.list.insert(this.#entryOf(said), isOlder)) return;
    // The separator stays at the first of all pages, though the person sees each of them.
    const isContinued = said.history === true && timeline.missed.isContinued;
    if (!isContinued || timeline.separatorAt === undefined) {
      timeline.separatorAt = separatorAfter(timeline, said, isNew);
    }
    timeline.newestAt = Math.max(timeline.newestAt, said.at);
    if (!isNew && said.history !== true) timeline.readAt = Math.max(timeline.readAt, said.at);
  }

  /** The next messages are a page of those that we missed. */
  beginMissedPage(buffer: string, hasMore: boolean): void {
    const timeline = this.#open(buffer);
    timeline.missed = { isContinued: timeline.missed.hasMore, hasMore };
  }

  #entryOf(said: SaidEvent): SaidEntry {
    const key = said.id ?? this.#key();
    const entry = { key, at: said.at, kind: "said", said, reactions: noReactions, isDeleted: false } as const;
    return this.#deleted.has(said.buffer, key) ? deletedEntry(entry) : entry;
  }

  /** Adds a line that is not a message; `key` is the id of a message that is shown as a line. */
  addLine(buffer: string, kind: LineKind, spans: readonly Span[], at: number, key = this.#key()): void {
    this.#open(buffer).latest.list.insert({ key, at, kind, spans });
  }

  /** Adds or removes somebody's reaction to a message. */
  react(buffer: string, id: string, reaction: Reaction): void {
    if (reaction.added && this.#deleted.has(buffer, reaction.reactionId ?? "")) return;
    this.#deleted.addReaction(buffer, id, reaction);
    this.#change(buffer, id, (entry) => {
      if (entry.kind !== "said" || entry.isDeleted) return entry;
      const reactions = new Map(entry.reactions);
      const people = withReaction(reactions.get(reaction.emoji), reaction);
      if (people.size === 0) reactions.delete(reaction.emoji);
      else reactions.set(reaction.emoji, people);
      return { ...entry, reactions };
    });
  }

  /** A message was deleted; its words and reactions go. It can be unknown, or arrive later. */
  markDeleted(buffer: string, id: string): void {
    this.#deleted.add(buffer, id);
    const reaction = this.#deleted.reactionOf(buffer, id);
    if (reaction !== undefined) return this.react(buffer, reaction.id, { ...reaction, added: false });
    this.#change(buffer, id, (entry) => entry.kind === "said" ? deletedEntry(entry) : entry);
    // A private notice is a line in another buffer.
    if (!this.#all.has(fold(buffer))) this.#clearLine(id);
  }

  #clearLine(key: string): void {
    for (const { parts } of this.#all.values()) {
      for (const { list } of parts) {
        list.replace(key, (entry) => entry.kind === "said" ? entry : { ...entry, spans: deletedSpans });
      }
    }
  }

  /** The person has read everything. */
  markAllRead(buffer: string): void {
    this.markRead(buffer, this.#open(buffer).newestAt);
  }

  /** The person has read up to a time, here or on another device. */
  markRead(buffer: string, upTo: number): void {
    const timeline = this.#open(buffer);
    if (upTo <= timeline.readAt) return;
    timeline.readAt = upTo;
    const { list } = timeline.latest;
    const hasNew = list.entries.slice(list.firstAfter(upTo)).some((entry) =>
      entry.kind === "said" && !entry.said.own && !entry.isDeleted
    );
    if (hasNew) timeline.separatorAt ??= upTo;
  }

  /** Removes the "New messages" separator. */
  removeSeparator(buffer: string): void {
    this.#open(buffer).separatorAt = undefined;
  }

  /** Whether the server has no messages before the part that is shown. */
  setComplete(buffer: string, isComplete: boolean): void {
    this.#open(buffer).part.isComplete = isComplete;
  }

  /** Adds messages of the history before the part that is shown, oldest first. */
  addBefore(buffer: string, messages: readonly SaidEvent[], isComplete: boolean): void {
    const timeline = this.#open(buffer);
    timeline.part.isComplete = isComplete;
    for (const said of messages.toReversed()) {
      if (timeline.older === undefined) this.addSaid(said, false, true);
      else timeline.older.list.insert(this.#entryOf(said), true);
    }
  }

  /** Shows an older part of the history, oldest message first, in place of the part before. */
  showOlderPart(buffer: string, messages: readonly SaidEvent[]): void {
    const timeline = this.#open(buffer);
    timeline.older = { list: new EntryList(), isComplete: false };
    this.addAfter(buffer, messages, false);
  }

  /**
   * Adds messages of the history after the older part. When it then reaches the newest part, or when there are no more
   * messages (`isEnd`), the two parts become one.
   */
  addAfter(buffer: string, messages: readonly SaidEvent[], isEnd: boolean): void {
    const timeline = this.#open(buffer);
    const { older, latest } = timeline;
    if (older === undefined) return;
    const meets = messages.some(({ id }) => id !== undefined && latest.list.find(id) !== undefined);
    for (const said of messages) older.list.insert(this.#entryOf(said));
    if (!isEnd && !meets) return;
    for (const entry of latest.list.entries) older.list.insert(entry);
    timeline.latest = older;
    timeline.older = undefined;
  }

  /** Shows the newest part. */
  showLatest(buffer: string): void {
    this.#open(buffer).older = undefined;
  }

  /**
   * It is this time on the server. Entries of the future are from a clock that was wrong; new messages would be above
   * them.
   */
  moveBack(now: number): void {
    for (const timeline of this.#all.values()) {
      // The clocks of the server's machines can differ a little.
      if (timeline.parts.every(({ list }) => list.firstAfter(now + clockMs) === list.entries.length)) {
        continue;
      }
      for (const { list } of timeline.parts) list.moveBack(now);
      timeline.readAt = Math.min(timeline.readAt, now);
      timeline.newestAt = Math.min(timeline.newestAt, now);
      if (timeline.separatorAt !== undefined) timeline.separatorAt = Math.min(timeline.separatorAt, now);
    }
  }

  /**
   * A person has another nick: the conversation is found under it, together with an earlier one of that name, and so are
   * the reactions of the person in these buffers, or everywhere for our own nick.
   */
  rename(from: string, to: string, reactedIn: readonly string[] | "everywhere"): void {
    const [old, key] = [fold(from), fold(to)];
    const moved = this.#all.get(old);
    const other = this.#all.get(key);
    if (moved !== undefined && fold(to) !== old) {
      this.#all.delete(old);
      this.#all.set(key, moved);
      this.#deleted.rename(from, to);
      for (const { list } of moved.parts) list.replaceAll((entry) => inBuffer(entry, to));
      if (other !== undefined) moved.add(other);
    }
    this.#deleted.renameReactions(from, to, reactedIn);
    const timelines = reactedIn === "everywhere"
      ? this.#all.values()
      : [...reactedIn, to].flatMap((buffer) => this.#all.get(fold(buffer)) ?? []);
    for (const { parts } of timelines) {
      for (const { list } of parts) list.replaceAll((entry) => withRenamedReactions(entry, from, to));
    }
  }

  /** Moves lines to another buffer. */
  moveLines(from: string, to: string): void {
    for (const entry of this.of(from).entries) {
      if (entry.kind !== "said") this.addLine(to, entry.kind, entry.spans, entry.at);
    }
    this.remove(from);
  }

  /** See BufferTimeline.trim. */
  trim(buffer: string, readingIn?: () => ReadingPlace | undefined, isShort = false): void {
    this.#all.get(fold(buffer))?.trim(readingIn, isShort);
  }

  #open(buffer: string): BufferTimeline {
    const key = fold(buffer);
    const timeline = this.#all.get(key) ?? new BufferTimeline();
    this.#all.set(key, timeline);
    return timeline;
  }

  #change(buffer: string, key: string, change: (entry: TimelineEntry) => TimelineEntry): void {
    for (const { list } of this.#all.get(fold(buffer))?.parts ?? []) list.replace(key, change);
  }

  #key(): string {
    return `${ownKeyPrefix}${++this.#madeKeys}`;
  }
}

/** The separator appears before the first unread message, and disappears when the person writes. */
function separatorAfter(
  { separatorAt, readAt }: Timeline,
  said: SaidEvent,
  isNew: boolean,
): number | undefined {
  if (said.own && !said.history) return undefined;
  if (!isNew) return separatorAt;
  const start = readAt > 0 ? readAt : said.at - 1;
  // A separator before messages that the person has read since is obsolete.
  return separatorAt !== undefined && separatorAt >= readAt ? separatorAt : start;
}
