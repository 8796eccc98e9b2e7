/**
 * Fetches the conversations with people that we missed, and their read markers: at the start those with unread messages,
 * after a reconnect those with new messages. There is one request at a time, because there can be very many
 * conversations and the lines of the person must not wait for them.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { CatchUp } from "./catch_up.ts";
import type { ClientHistory } from "./client_history.ts";
import type { ClientReadMarkers } from "./client_read_markers.ts";
import { ActionError } from "../state/action_error.ts";
import type { ChatEvent } from "../state/event.ts";
import type { HistoryTarget } from "./history_requests.ts";
import type { State } from "../state/state.ts";
import { findBuffer } from "../state/state.ts";
import { timeReference } from "./history_requests.ts";

/** The parts of the client that MissedConversations uses. */
export interface MissedConversationsParts {
  readonly catchUp: CatchUp;
  readonly history: ClientHistory;
  readonly readMarkers: ClientReadMarkers;
  /** The most messages to show at the start: of a channel, and of a conversation with unread ones. 0 for none. */
  readonly backlog: number;
  /** Opens the buffer of a person. */
  readonly openConversation: (nick: string) => void;
  readonly state: () => State;
  readonly now: () => number;
}

/** At the start, conversations without messages for longer than this open only when they have unread ones. */
const recentMs = 30 * 24 * 3600 * 1000;

/** The conversations of one client. */
export class MissedConversations {
  readonly #parts: MissedConversationsParts;
  /** The server's time of the newest event; 0 before the first one. */
  #newestAt = 0;
  readonly #startedAt: number;
  /** The people whose markers we have asked for on this connection. */
  readonly #asked = new Set<Folded>();
  #asking: Promise<void> = Promise.resolve();
  /** The conversations that fetchUnread() still has to check, the latest first; undefined when they are not known. */
  #unchecked: HistoryTarget[] | undefined;
  /** Conversations with messages after this time open in any case. */
  #recentSince = 0;
  /** The time up to which we have all messages, while we are offline or fetch the others. */
  #since: number | undefined;

  constructor(parts: MissedConversationsParts) {
    this.#parts = parts;
    this.#startedAt = parts.now();
  }

  /** An event that happens now. */
  onEvent(event: ChatEvent): void {
    if (event.kind === "said" && event.direct && !event.own) this.#askOnce(event.buffer);
    if (timedKinds.includes(event.kind)) this.#newestAt = Math.max(this.#newestAt, event.at);
  }

  /** The connection has ended. */
  onDisconnect(): void {
    this.#since ??= this.#newestAt;
    this.#asked.clear();
  }

  /** A new message opened the conversation: we ask once, and one at a time, as strangers decide how many there are. */
  #askOnce(name: string): void {
    const { readMarkers, state } = this.#parts;
    if (!readMarkers.hasMarkers || this.#asked.has(fold(name)) || findBuffer(state(), name) === undefined) {
      return;
    }
    this.#asked.add(fold(name));
    this.#asking = this.#asking.then(async () => void await this.#askMarker(name)).catch(() => {});
  }

  /**
   * Opens the conversations of the history and counts what is unread; after a reconnect it goes on where the connection
   * was lost.
   */
  async fetchUnread(): Promise<void> {
    await this.#listUnchecked();
    await this.#checkUnread((person) => person.at > this.#recentSince);
  }

  /** The same for the conversations without recent messages; these open only when they have unread ones. */
  async fetchOldUnread(): Promise<void> {
    await this.#checkUnread(() => true);
  }

  async #listUnchecked(): Promise<void> {
    if (this.#unchecked !== undefined) return;
    const people = await this.#parts.history.conversations().catch((error) =>
      error instanceof ActionError ? [] : undefined
    );
    // The connection was lost: the next one asks again.
    if (people === undefined) return;
    this.#recentSince = Math.max(this.#newestAt, people[0]?.at ?? 0) - recentMs;
    this.#unchecked = [...people];
    for (const { name, at } of people) if (at > this.#recentSince) this.#parts.openConversation(name);
  }

  async #checkUnread(isNext: (person: HistoryTarget) => boolean): Promise<void> {
    for (;;) {
      const [person] = this.#unchecked ?? [];
      if (person === undefined || !isNext(person)) return;
      try {
        await this.#fetchPerson(person);
      } catch {
        return;
      }
      this.#unchecked?.shift();
    }
  }

  /** Fetches what was said while there was no connection. */
  async fetchMissed(): Promise<void> {
    const { catchUp, readMarkers } = this.#parts;
    const since = this.#since || this.#newestAt || this.#startedAt;
    let isComplete = true;
    try {
      const missed = await this.#missedSince(since);
      for (const name of missed) {
        await this.#askMarker(name);
        isComplete = await catchUp.fetchMissing(name, { since: timeReference(since - 1) }) && isComplete;
        readMarkers.sendAgain(name);
      }
      if (isComplete) this.#since = undefined;
      const others = this.#opened.filter((name) => !missed.includes(name));
      for (const name of others) {
        if (readMarkers.unread.of(name).messages > 0) await this.#askMarker(name);
      }
    } catch {
      // The connection was lost again: the next one continues from the same time.
    }
  }

  get #opened(): readonly string[] {
    return [...this.#parts.state().buffers.values()].filter(({ kind }) => kind === "person")
      .map(({ name }) => name);
  }

  async #missedSince(since: number): Promise<readonly string[]> {
    try {
      return (await this.#parts.history.conversations(since - 1)).map(({ name }) => name);
    } catch (error) {
      // A server without TARGETS: any open conversation can have new messages.
      if (error instanceof ActionError) return this.#opened;
      throw error;
    }
  }

  /** The marker as the server knows it; the event of the answer stores it too, but only for an open buffer. */
  async #askMarker(name: string): Promise<number | undefined> {
    const { readMarkers } = this.#parts;
    this.#asked.add(fold(name));
    const marker = await readMarkers.ask(name);
    if (marker !== undefined) readMarkers.unread.markRead(name, marker);
    return marker;
  }

  async #fetchPerson({ name, at }: HistoryTarget): Promise<void> {
    const marker = await this.#askMarker(name);
    // Without markers nothing tells what we have read in an earlier run.
    if (marker === undefined || at <= this.#parts.readMarkers.unread.readUpTo(name)) return;
    await this.#parts.catchUp.hold(name, () => this.#showUnread(name));
  }

  async #showUnread(name: string): Promise<void> {
    const { catchUp, history, readMarkers: { unread }, backlog } = this.#parts;
    const page = await history.page(name, { at: "latest" }, Math.max(1, backlog)).catch((error) => {
      if (!(error instanceof ActionError)) throw error;
    });
    if (page === undefined) return;
    for (const event of page.events) if (event.kind === "said" && event.own) unread.markRead(name, event.at);
    const isUnread = (event: ChatEvent): boolean => event.at > unread.readUpTo(name);
    const events = page.events.filter(isUnread);
    if (!events.some(({ kind }) => kind === "said")) return;
    await catchUp.countUnread(name, page).catch(() => {});
    const earlier = unread.of(name).messages;
    const shown = events.filter(({ kind }) => kind === "said").length;
    await catchUp.passPage(
      name,
      "missed",
      { events, more: false },
      earlier > 0 ? earlier + shown : undefined,
    );
  }
}

/** The server tells the time of these events; others can have the time of our clock. */
const timedKinds: readonly ChatEvent["kind"][] = [
  "said",
  "reacted",
  "redacted",
  "joined",
  "parted",
  "kicked",
  "quit",
  "renamed",
];
