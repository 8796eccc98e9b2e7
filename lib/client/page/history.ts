/** What was said before, for the page: older messages on scroll, a message that was quoted or found, and with whom one talked. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import type { ChatEvent } from "../core/event.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Timelines } from "./timeline.ts";

const pageSize = 50;
/** How far back a quoted message is looked for. */
const mostPages = 20;
/** Conversations that were quiet for longer are not opened by themselves. */
const recentMs = 30 * 24 * 3600 * 1000;
const dayMs = 24 * 3600 * 1000;

/** Asks for the past and puts it into the timelines. */
export class PageHistory {
  readonly #client: Client;
  readonly #timelines: Timelines;
  readonly #asking = new Set<Folded>();

  constructor(client: Client, timelines: Timelines) {
    this.#client = client;
    this.#timelines = timelines;
  }

  /** Asks for what was said before the oldest message shown; the answer is whether there was anything. */
  async older(buffer: string, count = pageSize): Promise<boolean> {
    const key = fold(buffer);
    const { isWhole, entries } = this.#timelines.of(buffer);
    if (isWhole || this.#asking.has(key) || !this.#client.online) return false;
    const oldest = entries.find((entry) => entry.kind === "said" && entry.said.id !== undefined);
    this.#asking.add(key);
    try {
      const before = oldest && { before: oldest.key };
      const { events, more } = await this.#client.history.latest(buffer, { ...before, limit: count });
      for (const event of events.toReversed()) {
        if (event.kind === "said") this.#timelines.addSaid(event, false, true);
      }
      for (const event of events) if (event.kind !== "said") takeSpeech(this.#timelines, event);
      if (!more) this.#timelines.complete(buffer);
      return events.length > 0;
    } catch {
      // No history here, or the connection went: what is shown is all there is for now.
      this.#timelines.complete(buffer);
      return false;
    } finally {
      this.#asking.delete(key);
    }
  }

  /** Goes back until a message is there; false when it was not found. */
  async find(buffer: string, id: string): Promise<boolean> {
    const isThere = () => this.#timelines.of(buffer).entries.some(({ key }) => key === id);
    for (let pages = 0; !isThere() && pages < mostPages; pages++) {
      if (!await this.older(buffer)) break;
    }
    return isThere();
  }

  /** Opens the conversations with people that went on lately. */
  async conversations(): Promise<void> {
    const client = this.#client;
    if (!client.state.caps.has("draft/chathistory")) return;
    const now = Date.now();
    const names = await client.history.conversations(now - recentMs, now + dayMs).catch(() => []);
    for (const name of names) {
      client.open(name);
      if (this.#timelines.of(name).entries.length === 0) await this.older(name);
    }
  }
}

/** Puts something that was said, or done with a message, into its timeline; from now or from before. */
export function takeSpeech(
  timelines: Timelines,
  event: ChatEvent,
  isSeen = false,
): void {
  if (event.kind === "said") timelines.addSaid(event, isSeen);
  if (event.kind === "redacted") timelines.redact(event.buffer, event.id);
  if (event.kind !== "reacted") return;
  const { emoji, who, added } = event;
  timelines.react(event.buffer, event.id, { emoji, nick: who.nick, added });
}
