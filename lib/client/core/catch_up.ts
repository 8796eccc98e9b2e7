/**
 * What was said while we were not there (IRCv3 chathistory): on coming back everything behind the last message known
 * of each buffer is asked for, and shown in its place: before what is said meanwhile, once, and all of it. What is
 * known stays where it was until the answer is complete, so another loss in between loses nothing.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { ChatEvent } from "./event.ts";
import type { HistoryPage } from "./history.ts";

/** What catching up needs. */
export interface CatchUpParts {
  /** Hears everything, in its order, once. */
  readonly onEvent: (event: ChatEvent) => void;
  /** A page of the past; rejects when there is no answer. `after` and "latest" as for CHATHISTORY. */
  readonly page: (buffer: string, from: string) => Promise<HistoryPage>;
  /** Whom we talked with since a time, in milliseconds since 1970; rejects when there is no answer. */
  readonly conversationsSince: (since: number) => Promise<readonly string[]>;
  /** Messages to show on entering a room for the first time; 0 for none. */
  readonly backlog: number;
  readonly now: () => number;
}

/** The newest message of a buffer that is known together with all before it. */
interface KnownPosition {
  readonly name: string;
  readonly reference: string;
}

const maxSeen = 10_000;
/** So many pages are asked for at a time: a server that never ends is not followed. */
const maxPages = 500;

/** One person's place in every conversation. */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #known = new Map<Folded, KnownPosition>();
  /** What came while a buffer was being caught up. */
  readonly #held = new Map<Folded, ChatEvent[]>();
  /** Where not all could be had: what is known there stays where it was. */
  readonly #gaps = new Set<Folded>();
  readonly #seen = new Set<string>();
  /** When the connection was last known to be good. */
  #heardAt: number;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
    this.#heardAt = parts.now();
  }

  /** Something happened now. */
  take(event: ChatEvent): void {
    if (!isSpeech(event)) return this.#parts.onEvent(event);
    const held = this.#held.get(fold(event.buffer));
    if (held !== undefined) held.push(event);
    else this.#tell(event);
  }

  /** We are in; `again`: after the connection was lost. Conversations may have gone on, or been begun, without us. */
  async comeBack(again: boolean): Promise<void> {
    const since = this.#heardAt;
    const known = [...this.#known.values()].map(({ name }) => name);
    for (const name of known) if (!/^[#&]/.test(name)) this.fill(name);
    if (!again) return;
    const people = await this.#parts.conversationsSince(since).catch(() => []);
    for (const name of people) this.fill(name, `timestamp=${new Date(since).toISOString()}`);
  }

  /** Asks for what is missing in a buffer, if the server keeps it; `since` is where an unknown one begins. */
  async fill(buffer: string, since?: string): Promise<void> {
    const key = fold(buffer);
    if (this.#held.has(key)) return;
    const from = this.#known.get(key)?.reference ?? since;
    if (from === undefined && this.#parts.backlog === 0) return;
    this.#held.set(key, []);
    try {
      if (from === undefined) await this.#open(buffer);
      else await this.#follow(buffer, from);
      this.#gaps.delete(key);
    } catch {
      // Lost again, or the server keeps nothing: what came meanwhile is shown all the same.
      this.#gaps.add(key);
    }
    const held = this.#held.get(key) ?? [];
    this.#held.delete(key);
    for (const event of held) this.#tell(event);
  }

  async #open(buffer: string): Promise<void> {
    const { events, more } = await this.#parts.page(buffer, "latest");
    this.#tellAll(buffer, "opening", events, more);
  }

  async #follow(buffer: string, from: string): Promise<void> {
    let reference: string | undefined = from;
    for (let pages = 0; reference !== undefined && pages < maxPages; pages++) {
      const { events, more, last } = await this.#parts.page(buffer, reference);
      this.#tellAll(buffer, "missed", events, more);
      reference = more ? last : undefined;
    }
  }

  #tellAll(buffer: string, why: "opening" | "missed", events: readonly ChatEvent[], more: boolean): void {
    const fresh = events.filter((event) => !this.#isSeen(event));
    if (fresh.length > 0 || why === "opening") {
      const at = fresh[0]?.at ?? this.#parts.now();
      this.#parts.onEvent({ kind: "history", buffer, why, count: fresh.length, more, at });
    }
    for (const event of fresh) this.#tell(event);
  }

  #tell(event: ChatEvent): void {
    if (this.#isSeen(event)) return;
    this.#note(event);
    this.#parts.onEvent(event);
  }

  #isSeen(event: ChatEvent): boolean {
    return event.kind === "said" && event.id !== undefined && this.#seen.has(event.id);
  }

  #note(event: ChatEvent): void {
    if (event.kind !== "said") return;
    this.#heardAt = Math.max(this.#heardAt, event.at);
    if (event.id !== undefined) this.#seen.add(event.id);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= maxSeen) break;
      this.#seen.delete(oldest);
    }
    const key = fold(event.buffer);
    // While a buffer is caught up, only what comes from the past is known without a gap.
    if (event.history !== true && (this.#held.has(key) || this.#gaps.has(key))) return;
    const reference = event.id === undefined
      ? `timestamp=${new Date(event.at).toISOString()}`
      : `msgid=${event.id}`;
    this.#known.set(key, { name: event.buffer, reference });
  }
}

type Speech = Extract<ChatEvent, { readonly kind: "said" | "reacted" | "redacted" }>;

function isSpeech(event: ChatEvent): event is Speech {
  return event.kind === "said" || event.kind === "reacted" || event.kind === "redacted";
}
