/**
 * Fetches the messages that we missed (IRCv3 chathistory). After a reconnect it asks for everything after the last
 * known message of each buffer, and shows it before newer messages, once and completely. The last known message moves
 * only when an answer is complete, so another lost connection loses nothing.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { ClientHistory } from "./client_history.ts";
import type { ChatEvent } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";

/** The parts of the client that CatchUp uses. */
export interface CatchUpParts {
  /** Receives every event in order, each message once. */
  readonly onEvent: (event: ChatEvent) => void;
  readonly history: ClientHistory;
  /** Messages to show after the first join of a channel; 0 for none. */
  readonly backlog: number;
  readonly now: () => number;
}

/** The newest message of a buffer with no gap before it. */
interface KnownPosition {
  readonly name: string;
  readonly reference: string;
}

const maxSeen = 10_000;
const pageSize = 1_000;
/** The requests for the first messages of a buffer, which many joins and leaves can fill. */
const maxOpeningRequests = 6;

/** Catches up one client, in all of its buffers. */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #positions = new Map<Folded, KnownPosition>();
  /** Events that arrive while the history of their buffer is being fetched. */
  readonly #heldEvents = new Map<Folded, ChatEvent[]>();
  /** Buffers where a request failed: their known position stays. */
  readonly #gaps = new Set<Folded>();
  readonly #seenIds = new Set<string>();
  /** The time of the newest message. */
  #newestAt: number;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
    this.#newestAt = parts.now();
  }

  /** An event that happens now. */
  onEvent(event: ChatEvent): void {
    if (!isMessageEvent(event)) return this.#parts.onEvent(event);
    const held = this.#heldEvents.get(fold(event.buffer));
    if (held !== undefined) held.push(event);
    else this.#pass(event);
  }

  /** Fetches the conversations; after a reconnect (`again`) also those that began while we were offline. */
  async onReady(again: boolean): Promise<void> {
    const since = this.#newestAt;
    const known = [...this.#positions.values()].map(({ name }) => name);
    for (const name of known) if (!/^[#&]/.test(name)) this.fetchMissing(name);
    if (!again) return;
    const people = await this.#parts.history.conversations(since).catch(() => []);
    for (const { name } of people) this.fetchMissing(name, `timestamp=${new Date(since).toISOString()}`);
  }

  /** Fetches what is missing in a buffer; `since` is the start for a buffer without a known position. */
  async fetchMissing(buffer: string, since?: string): Promise<void> {
    const key = fold(buffer);
    if (this.#heldEvents.has(key)) return;
    const from = this.#positions.get(key)?.reference ?? since;
    if (from === undefined && this.#parts.backlog === 0) return;
    this.#heldEvents.set(key, []);
    try {
      if (from === undefined) await this.#fetchLatest(buffer);
      else await this.#fetchMissed(buffer, from);
      this.#gaps.delete(key);
    } catch {
      // The connection was lost again, or the server stores no history. We still show newer messages.
      this.#gaps.add(key);
    }
    const held = this.#heldEvents.get(key) ?? [];
    this.#heldEvents.delete(key);
    for (const event of held) this.#pass(event);
  }

  async #fetchLatest(buffer: string): Promise<void> {
    const { history, backlog } = this.#parts;
    const { events, more } = await history.page(buffer, { at: "latest" }, backlog, maxOpeningRequests);
    this.#passPage(buffer, "opening", events, more);
  }

  async #fetchMissed(buffer: string, reference: string): Promise<void> {
    const { history } = this.#parts;
    for await (const { events, more } of history.pages(buffer, { at: "after", reference }, pageSize)) {
      this.#passPage(buffer, "missed", events, more);
    }
  }

  #passPage(buffer: string, why: "opening" | "missed", events: readonly ChatEvent[], more: boolean): void {
    const fresh = events.filter((event) => !this.#isSeen(event));
    if (fresh.length > 0 || why === "opening") {
      const at = fresh[0]?.at ?? this.#parts.now();
      this.#parts.onEvent({ kind: "history", buffer, why, count: fresh.length, more, at });
    }
    for (const event of fresh) this.#pass(event);
  }

  #pass(event: ChatEvent): void {
    if (this.#isSeen(event)) return;
    this.#remember(event);
    this.#parts.onEvent(event);
  }

  #isSeen(event: ChatEvent): boolean {
    return event.kind === "said" && event.id !== undefined && this.#seenIds.has(event.id);
  }

  #remember(event: ChatEvent): void {
    if (event.kind !== "said") return;
    this.#newestAt = Math.max(this.#newestAt, event.at);
    if (event.id !== undefined) this.#seenIds.add(event.id);
    for (const oldest of this.#seenIds) {
      if (this.#seenIds.size <= maxSeen) break;
      this.#seenIds.delete(oldest);
    }
    const key = fold(event.buffer);
    // While a buffer has a gap, only messages from the history move the known position.
    if (event.history !== true && (this.#heldEvents.has(key) || this.#gaps.has(key))) return;
    const reference = event.id === undefined
      ? `timestamp=${new Date(event.at).toISOString()}`
      : `msgid=${event.id}`;
    this.#positions.set(key, { name: event.buffer, reference });
  }
}
