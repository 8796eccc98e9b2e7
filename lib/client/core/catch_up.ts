/**
 * Fetches the messages that we missed (IRCv3 chathistory). After a reconnect it asks for everything after the last
 * known message of each buffer, and shows it before newer messages, once and completely. The last known message moves
 * only when an answer is complete, so another lost connection loses nothing. Missed messages are unread, and the person
 * is called once for them. missed_conversations.ts fetches the conversations with people.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { ChatEvent, SaidEvent } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";
import type { HistoryPage } from "./history_requests.ts";
import { timeReference } from "./history_requests.ts";
import { MissedConversations, type MissedConversationsParts } from "./missed_conversations.ts";
import { isAddressedToUs } from "../state/mentions.ts";
import { WorkSlices } from "./let_others_run.ts";
import { dropOldest } from "../state/drop_oldest.ts";
import { isChannel } from "../state/state.ts";
import { messageKey } from "../state/unread.ts";

/** The parts of the client that CatchUp uses. */
export interface CatchUpParts extends Omit<MissedConversationsParts, "catchUp"> {
  /** Receives every event in order, each message once. */
  readonly onEvent: (event: ChatEvent) => void;
  /** Whether to fetch the unread messages of conversations at the start. */
  readonly conversations: boolean;
  /** How far we had read a buffer at the last visit, in milliseconds since 1970; 0 when it is not known. */
  readonly storedReadUpTo?: ((buffer: string) => number) | undefined;
  readonly isOnline: () => boolean;
}

/** The newest message of a buffer with no gap before it. */
interface KnownPosition {
  readonly name: string;
  readonly reference: string;
}

const maxSeen = 10_000;
const pageSize = 1_000;
/** At least this many events are passed without a pause: the first messages of a buffer appear at once. */
const sliceEvents = 64;
/** The requests for the first messages of a buffer, which many joins and leaves can fill. */
const maxOpeningRequests = 6;

/** Catches up one client, in all of its buffers. */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #people: MissedConversations;
  readonly #positions = new Map<Folded, KnownPosition>();
  /** Events that arrive while the history of their buffer is being fetched, and the end of that. */
  readonly #held = new Map<
    Folded,
    { readonly events: ChatEvent[]; readonly over: PromiseWithResolvers<void> }
  >();
  /** Buffers where a request failed: their known position stays. */
  readonly #gaps = new Set<Folded>();
  readonly #seen = new Set<string>();
  /** When we first joined each channel, in milliseconds since 1970. */
  readonly #firstJoins = new Map<Folded, number>();
  /** Missed messages to us. The person is called for them when no work is left. */
  #calling: SaidEvent[] = [];
  #works = 0;
  #again = false;
  /** Pending while the events of a page are passed on. */
  #passing: Promise<void> | undefined;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
    this.#people = new MissedConversations({ ...parts, catchUp: this });
  }

  /** Pending while the events of a page are passed on, with pauses. No other event may come between them. */
  get passing(): Promise<void> | undefined {
    return this.#passing;
  }

  /** An event that happens now. */
  onEvent(event: ChatEvent): void {
    this.#people.onEvent(event);
    if (!isMessageEvent(event)) return this.#parts.onEvent(event);
    const held = this.#held.get(fold(event.buffer));
    if (held !== undefined) held.events.push(event);
    else this.#pass(event);
  }

  /** The person of a conversation has another nick. */
  onRenamed(from: string, to: string): void {
    const [old, key] = [fold(from), fold(to)];
    const position = this.#positions.get(old);
    if (old === key || position === undefined) return;
    this.#positions.delete(old);
    this.#positions.set(key, { ...position, name: to });
    if (this.#gaps.delete(old)) this.#gaps.add(key);
  }

  /** The connection has ended. */
  onDisconnect(): void {
    this.#again = true;
    this.#people.onDisconnect();
  }

  /** The registration is complete; `again`: after a reconnect. Fetches the conversations. */
  onReady(again: boolean): void {
    const { conversations } = this.#parts;
    const work = this.work(async () => {
      if (conversations) await this.#people.fetchUnread();
      if (again) await this.#people.fetchMissed();
    });
    // There can be very many old conversations, so the person is called for the others first.
    if (conversations) void work.then(() => this.work(() => this.#people.fetchOldUnread()));
  }

  /** We have joined a channel, at this time of the server: fetches what is missing. */
  onJoined(channel: string, at: number): Promise<void> {
    const first = this.#firstJoins.get(fold(channel)) ?? at;
    this.#firstJoins.set(fold(channel), first);
    // Messages from before the first join are not new for us, when no device has a read marker.
    const begin = (): void => {
      const { readMarkers, storedReadUpTo } = this.#parts;
      const { unread } = readMarkers;
      if (unread.readUpTo(channel) === 0 && unread.of(channel).messages === 0) {
        unread.markRead(channel, Math.min(storedReadUpTo?.(channel) || first, first));
      }
      readMarkers.sendAgain(channel);
    };
    return this.work(() => this.fetchMissing(channel, { begin, ifNothing: timeReference(at - 1) }));
  }

  /** Does a part of the catching up; the person is called after the last one. */
  async work(part: () => Promise<unknown>): Promise<void> {
    this.#works++;
    try {
      await part();
    } finally {
      if (--this.#works === 0) this.#call();
    }
  }

  /**
   * Fetches what is missing in a buffer. `since` is the reference for a buffer without a known position. `begin` is called
   * before the first message, when the read marker is known. `ifNothing` is the position when the buffer has no messages.
   */
  async fetchMissing(
    buffer: string,
    { since, begin, ifNothing }: {
      readonly since?: string;
      readonly begin?: () => void;
      readonly ifNothing?: string;
    } = {},
  ): Promise<boolean> {
    let isComplete = true;
    const key = fold(buffer);
    const from = this.#positions.get(key)?.reference ?? since;
    let opening: HistoryPage | undefined;
    await this.hold(buffer, async () => {
      try {
        if (from !== undefined) await this.#fetchMissed(buffer, from, begin);
        else if (this.#parts.backlog > 0) opening = await this.#fetchLatest(buffer, begin);
        this.#gaps.delete(key);
      } catch (error) {
        isComplete = false;
        // The server stores no history, or the connection was lost again. We still show newer messages.
        this.#gaps.add(key);
        if (from !== undefined && this.#parts.isOnline()) this.#reportGap(buffer, error);
      }
      // Also when the connection was lost just after the join.
      if (ifNothing !== undefined && !this.#positions.has(key)) {
        this.#positions.set(key, { name: buffer, reference: ifNothing });
      }
    });
    if (opening !== undefined) await this.countUnread(buffer, opening).catch(() => {});
    return isComplete;
  }

  /** Does work on the history of a buffer; new messages come after it. Nothing is done when such work is going on. */
  async hold(buffer: string, work: () => Promise<void>): Promise<void> {
    const key = fold(buffer);
    if (this.#held.has(key)) return;
    const held = { events: new Array<ChatEvent>(), over: Promise.withResolvers<void>() };
    this.#held.set(key, held);
    try {
      await work();
    } finally {
      this.#held.delete(key);
      for (const event of held.events) this.#pass(event);
      held.over.resolve();
    }
  }

  /** Resolves when the history of a buffer is there; undefined if it is not being fetched. */
  fetching(buffer: string): Promise<void> | undefined {
    return this.#held.get(fold(buffer))?.over.promise;
  }

  /** Counts the unread messages before a page, which are not shown. */
  async countUnread(buffer: string, { events, more, first }: HistoryPage): Promise<void> {
    const { history, readMarkers: { unread } } = this.#parts;
    const hasUnreadBefore = (page: readonly ChatEvent[]): boolean =>
      (page[0]?.at ?? Infinity) > unread.readUpTo(buffer);
    if (!more || first === undefined || !hasUnreadBefore(events)) return;
    for await (const page of history.pages(buffer, { at: "before", reference: first }, pageSize)) {
      for (const event of page.events.toReversed()) {
        if (event.kind === "said" && unread.add(event)) this.#callFor(event);
      }
      if (!hasUnreadBefore(page.events)) return;
    }
  }

  /** Passes the events of a page which have not been passed yet, one page at a time; `total` as in the event. */
  async passPage(
    buffer: string,
    why: "opening" | "missed",
    page: Pick<HistoryPage, "events" | "more">,
    total?: number,
  ): Promise<void> {
    while (this.#passing !== undefined) await this.#passing;
    const passed = this.#passInParts(buffer, why, page, total).finally(() => this.#passing = undefined);
    this.#passing = passed.catch(() => {});
    await passed;
  }

  async #passInParts(
    buffer: string,
    why: "opening" | "missed",
    { events, more }: Pick<HistoryPage, "events" | "more">,
    total?: number,
  ): Promise<void> {
    const slices = new WorkSlices();
    const fresh = events.filter((event) => !this.#isSeen(event));
    const isConversation = !isChannel(this.#parts.state(), buffer);
    if (isConversation && fresh.some(({ kind }) => kind === "said")) this.#parts.openConversation(buffer);
    // Reactions and deletions alone are no missed messages.
    const messages = fresh.filter(({ kind }) => kind === "said").length;
    if (messages > 0 || why === "opening") {
      const at = fresh[0]?.at ?? this.#parts.now();
      const all = total ?? (messages < fresh.length ? messages : undefined);
      const counts = { count: fresh.length, more, ...(all !== undefined && { total: all }) };
      this.#parts.onEvent({ kind: "history", buffer, why, ...counts, at });
    }
    for (const [at, event] of fresh.entries()) {
      this.#pass(event);
      if (at % sliceEvents === sliceEvents - 1 && slices.isLong) await slices.pause();
    }
  }

  async #fetchLatest(buffer: string, begin?: () => void): Promise<HistoryPage> {
    const { history, backlog } = this.#parts;
    const page = await history.page(buffer, { at: "latest" }, backlog, maxOpeningRequests);
    begin?.();
    await this.passPage(buffer, "opening", page);
    return page;
  }

  async #fetchMissed(buffer: string, reference: string, begin?: () => void): Promise<void> {
    const { history } = this.#parts;
    for await (const page of history.pages(buffer, { at: "after", reference }, pageSize)) {
      begin?.();
      await this.passPage(buffer, "missed", page);
    }
  }

  #reportGap(buffer: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#parts.onEvent({ kind: "history failed", buffer, reason, at: this.#parts.now() });
  }

  #pass(event: ChatEvent): void {
    if (this.#isSeen(event)) return;
    this.#remember(event);
    this.#parts.onEvent(event);
    if (event.kind === "said" && event.history === true) this.#callFor(event);
  }

  #callFor(said: SaidEvent): void {
    if (!isAddressedToUs(said)) return;
    this.#calling.push(said);
    // A server can send history that nobody asked for.
    if (this.#works === 0 && this.#calling.length === 1) queueMicrotask(() => this.#call());
  }

  /** Calls the person once for all missed messages that are still unread. */
  #call(): void {
    if (this.#works > 0) return;
    const { unread } = this.#parts.readMarkers;
    const messages = this.#calling.filter((said) => unread.has(said)).sort((one, other) => one.at - other.at);
    this.#calling = [];
    const newest = messages.at(-1);
    if (newest !== undefined) {
      this.#parts.onEvent({ kind: "alert", messages, again: this.#again, at: newest.at });
    }
  }

  #isSeen(event: ChatEvent): boolean {
    return event.kind === "said" && this.#seen.has(messageKey(event));
  }

  #remember(event: ChatEvent): void {
    if (event.kind !== "said") return;
    this.#seen.add(messageKey(event));
    dropOldest(this.#seen, maxSeen);
    const key = fold(event.buffer);
    // While a buffer has a gap, only messages from the history move the known position.
    if (event.history !== true && (this.#held.has(key) || this.#gaps.has(key))) return;
    // The time of our own message without an echo is of our clock.
    if (event.own && event.id === undefined && event.history !== true) return;
    this.#positions.set(key, { name: event.buffer, reference: this.#parts.history.referenceOf(event) });
  }
}
