/**
 * Loads history from the server into the timelines: older messages, a quoted or found message, recent conversations.
 */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import { ActionError } from "../state/action_error.ts";
import type { ChatEvent } from "../state/event.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Timelines } from "./timeline.ts";

const pageSize = 50;
/** How many pages back to look for a message. */
const maxPages = 20;
/** Conversations without messages for longer than this do not open by themselves. */
const recentMs = 30 * 24 * 3600 * 1000;

/** Loads history. */
export class HistoryLoader {
  readonly #client: Client;
  readonly #timelines: Timelines;
  readonly #loading = new Set<Folded>();

  constructor(client: Client, timelines: Timelines) {
    this.#client = client;
    this.#timelines = timelines;
  }

  /** Loads messages before the oldest one shown; the answer is whether there were any. */
  async loadOlder(buffer: string, count = pageSize): Promise<boolean> {
    const key = fold(buffer);
    const { isComplete, entries } = this.#timelines.of(buffer);
    if (isComplete || this.#loading.has(key) || !this.#client.isOnline) return false;
    const oldest = entries.find((entry) => entry.kind === "said" && entry.said.id !== undefined);
    this.#loading.add(key);
    try {
      const before = oldest && { before: oldest.key };
      const { events, more } = await this.#client.history.latest(buffer, { ...before, limit: count });
      this.#addOlder(events);
      if (!more) this.#timelines.setComplete(buffer, true);
      return events.length > 0;
    } catch (error) {
      // The server refuses: /history tries again. After a lost connection, scrolling tries again.
      if (error instanceof ActionError) this.#timelines.setComplete(buffer, true);
      return false;
    } finally {
      this.#loading.delete(key);
    }
  }

  #addOlder(events: readonly ChatEvent[]): void {
    for (const event of events.toReversed()) {
      if (event.kind === "said") this.#timelines.addSaid(event, false, true);
    }
    for (const event of events) if (event.kind !== "said") addToTimeline(this.#timelines, event);
  }

  /** Loads older messages until one with this id is found; false when it is not found. */
  async find(buffer: string, id: string): Promise<boolean> {
    const isLoaded = () => this.#timelines.of(buffer).entries.some(({ key }) => key === id);
    for (let pages = 0; !isLoaded() && pages < maxPages; pages++) {
      if (!await this.loadOlder(buffer)) break;
    }
    return isLoaded();
  }

  /** Opens the recent conversations. */
  async openConversations(): Promise<void> {
    const client = this.#client;
    if (!client.state.caps.has("draft/chathistory")) return;
    const people = await client.history.conversations(client.now - recentMs).catch(() => []);
    for (const { name } of people) client.openConversation(name);
    for (const { name } of people) {
      if (this.#timelines.of(name).entries.length === 0) await this.loadOlder(name);
    }
  }
}

/** Adds a message, a reaction or a deletion to its timeline, whether it is new or from history. */
export function addToTimeline(timelines: Timelines, event: ChatEvent, isSeen = false): void {
  if (event.kind === "said") timelines.addSaid(event, isSeen);
  if (event.kind === "redacted") timelines.markDeleted(event.buffer, event.id);
  if (event.kind !== "reacted") return;
  const { emoji, who, added } = event;
  timelines.react(event.buffer, event.id, { emoji, nick: who.nick, added });
}
