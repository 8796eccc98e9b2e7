/**
 * Loads history from the server into the timelines: older messages, a quoted or found message.
 */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import { ActionError } from "../state/action_error.ts";
import type { ChatEvent, SaidEvent } from "../state/event.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { HistoryPage, HistoryPosition } from "../core/history_requests.ts";
import { ownKeyPrefix, type Timelines } from "./timeline.ts";
import type { TimelineEntry } from "./timeline_entry.ts";

const pageSize = 50;
/** This many messages, with the one that the person wants to see in the middle. */
const aroundSize = 100;

/** Loads history. */
export class HistoryLoader {
  readonly #client: Client;
  readonly #timelines: Timelines;
  /** The page that each buffer is loading. */
  readonly #loading = new Map<Folded, Promise<unknown>>();

  constructor(client: Client, timelines: Timelines) {
    this.#client = client;
    this.#timelines = timelines;
  }

  /** Loads messages before the oldest one shown; the answer is whether there were any. */
  async loadOlder(buffer: string, count = pageSize): Promise<boolean> {
    const { isComplete } = this.#timelines.of(buffer);
    if (isComplete || this.#loading.has(fold(buffer)) || !this.#client.isOnline) return false;
    const oldest = this.#edges(buffer).oldest;
    return await this.#load(buffer, async () => {
      const before = oldest === undefined ? {} : { before: oldest };
      const page = await this.#client.history.latest(buffer, { ...before, limit: count }).catch((error) => {
        // The server refuses: /history tries again. After a lost connection, scrolling tries again.
        if (error instanceof ActionError) this.#timelines.setComplete(buffer, true);
        throw error;
      });
      // The person can have gone to another part since.
      if (this.#edges(buffer).oldest !== oldest) return false;
      this.#timelines.addBefore(buffer, this.#messagesIn(page), !page.more);
      return page.events.length > 0;
    }) ?? false;
  }

  /** Loads messages after the last one of an older part; the answer is whether the timeline has changed. */
  async loadNewer(buffer: string): Promise<boolean> {
    const { newest } = this.#edges(buffer);
    if (this.#timelines.of(buffer).isLatest || newest === undefined) return false;
    if (this.#loading.has(fold(buffer)) || !this.#client.isOnline) return false;
    return await this.#load(buffer, async () => {
      const position = { at: "after", reference: `msgid=${newest}` } as const;
      const page = await this.#client.history.part(buffer, position, pageSize);
      if (this.#edges(buffer).newest !== newest) return false;
      this.#timelines.addAfter(buffer, this.#messagesIn(page), !page.more);
      return true;
    }) ?? false;
  }

  /** Shows the part of the history with this message; false when it is not found. */
  async showMessage(buffer: string, id: string): Promise<boolean> {
    if (this.#timelines.of(buffer).shown.find(id) !== undefined) return true;
    const isLatest = this.#timelines.find(buffer, id) !== undefined;
    if (isLatest) this.#timelines.showLatest(buffer);
    return isLatest || await this.#showPart(buffer, { at: "around", reference: `msgid=${id}` }, id);
  }

  /** Shows the part of the history with the first message of others after a time; the answer is its id. */
  async showFirstAfter(buffer: string, at: number): Promise<string | undefined> {
    const { shown, isComplete } = this.#timelines.of(buffer);
    if (shown.firstAfter(at) === 0 && !isComplete) {
      const reference = `timestamp=${new Date(at).toISOString()}`;
      // The messages before show where the new ones begin.
      if (await this.#showPart(buffer, { at: "after", reference })) await this.loadOlder(buffer);
    }
    const isUnread = (entry: TimelineEntry) =>
      entry.kind === "said" && !entry.said.own && !entry.isDeleted && entry.at > at;
    return this.#timelines.of(buffer).entries.find(isUnread)?.key;
  }

  /** Shows another part of the history; false when it is empty or lacks the message `id`. */
  async #showPart(buffer: string, position: HistoryPosition, id?: string): Promise<boolean> {
    await this.#loading.get(fold(buffer));
    return await this.#load(buffer, async () => {
      const page = await this.#client.history.part(buffer, position, aroundSize);
      const messages = this.#messagesIn(page);
      const isFound = id === undefined ? messages.length > 0 : messages.some((said) => said.id === id);
      if (isFound) this.#timelines.showOlderPart(buffer, messages);
      return isFound;
    }) ?? false;
  }

  /** Loads one page at a time in each buffer; undefined when that fails. */
  async #load(buffer: string, load: () => Promise<boolean>): Promise<boolean | undefined> {
    const key = fold(buffer);
    const loading = load().catch(() => undefined).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return await loading;
  }

  /** The ids of the first and the last message shown that the server knows. */
  #edges(buffer: string): { readonly oldest: string | undefined; readonly newest: string | undefined } {
    const { entries } = this.#timelines.of(buffer);
    const isStored = ({ kind, key }: TimelineEntry) => kind === "said" && !key.startsWith(ownKeyPrefix);
    return { oldest: entries.find(isStored)?.key, newest: entries.findLast(isStored)?.key };
  }

  /** The messages of a page. Its reactions and deletions are applied when the messages are in the timeline. */
  #messagesIn({ events }: HistoryPage): SaidEvent[] {
    const changes = events.filter(({ kind }) => kind !== "said");
    if (changes.length > 0) {
      queueMicrotask(() => changes.forEach((event) => addToTimeline(this.#timelines, event)));
    }
    return events.filter((event) => event.kind === "said");
  }
}

/** Adds a message, a reaction or a deletion to its timeline, whether it is new or from history. */
export function addToTimeline(timelines: Timelines, event: ChatEvent, isNew = false): void {
  if (event.kind === "said") timelines.addSaid(event, isNew);
  if (event.kind === "redacted") timelines.markDeleted(event.buffer, event.id);
  if (event.kind !== "reacted") return;
  const { emoji, who, added, reactionId } = event;
  timelines.react(event.buffer, event.id, {
    emoji,
    ...who,
    added,
    ...(reactionId && { reactionId }),
  });
}
