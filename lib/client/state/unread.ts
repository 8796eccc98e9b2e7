/**
 * Counts the messages that we have not read, for both user interfaces. A message is read when it is not newer than the
 * read marker of its buffer, or than our last message there: on any of our devices. Messages of the history count as
 * new ones do. It does not know which buffer is on the screen: the UI says what has been read.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { ChatEvent, Said, SaidEvent } from "./event.ts";
import { isAddressedToUs } from "./mentions.ts";

/** The unread messages of a buffer; `mentions` of them contain our nick or went to us alone. */
export interface UnreadCount {
  readonly messages: number;
  readonly mentions: number;
}

interface UnreadMessage {
  readonly at: number;
  readonly nick: string;
  readonly isAddressed: boolean;
}

interface BufferPosition {
  /** We have read up to this time; 0 when it is not known. */
  readUpTo: number;
  /** The time of the newest message, our own ones too. */
  newestAt: number;
  mentions: number;
  readonly unread: Map<string, UnreadMessage>;
  /** The times of unread messages that are not for us, when there are very many. */
  earlierAt: number[];
}

/** Above this number of messages in a buffer, only the times of the first ones stay in memory. */
const maxKnown = 500;
/** Above this number of messages in a buffer the oldest ones are not counted any more. */
const maxCounted = 100_000;
/** With this number of buffers no more conversations are counted. Anybody can write under very many nicks. */
const maxBuffers = 2_000;

const nothing: UnreadCount = { messages: 0, mentions: 0 };

/** The unread messages of one person. */
export class UnreadMessages {
  readonly #buffers = new Map<Folded, BufferPosition>();

  of(buffer: string): UnreadCount {
    const found = this.#buffers.get(fold(buffer));
    if (found === undefined) return nothing;
    return { messages: found.unread.size + found.earlierAt.length, mentions: found.mentions };
  }

  /** The buffers with messages to us: their folded names and counts. */
  get withMentions(): readonly (readonly [buffer: string, count: UnreadCount])[] {
    return [...this.#buffers].filter(([, { mentions }]) => mentions > 0)
      .map(([key]) => [key, this.of(key)]);
  }

  /** The time up to which we have read a buffer; 0 when it is not known. */
  readUpTo(buffer: string): number {
    return this.#buffers.get(fold(buffer))?.readUpTo ?? 0;
  }

  /** Whether this message is unread. */
  has(said: SaidEvent): boolean {
    return this.#buffers.get(fold(said.buffer))?.unread.has(messageKey(said)) ?? false;
  }

  /** Counts an event that changes what is unread; other events change nothing. */
  onEvent(event: ChatEvent): void {
    if (event.kind === "said") this.add(event);
    if (event.kind === "read") this.markRead(event.buffer, event.upTo);
    if (event.kind === "redacted") this.#delete(event.buffer, event.id);
    if (event.kind === "renamed") this.#rename(event.who.nick, event.to);
  }

  /** Counts a message in any order of time; whether it is unread, and was not counted before. */
  add(said: SaidEvent): boolean {
    const position = this.#positionOf(said.buffer);
    // A person who writes has read what was there. Without an id the server did not echo the message, and its time is of
    // our clock, which can be wrong.
    if (said.own && said.id === undefined && said.history !== true) {
      this.markAllRead(said.buffer);
      return false;
    }
    position.newestAt = Math.max(position.newestAt, said.at);
    if (said.own) this.markRead(said.buffer, said.at);
    const key = messageKey(said);
    if (said.at <= position.readUpTo || position.unread.has(key)) return false;
    const isAddressed = isAddressedToUs(said);
    position.unread.set(key, { at: said.at, nick: said.from.nick, isAddressed });
    if (isAddressed) position.mentions++;
    if (position.unread.size - position.mentions > maxKnown) this.#shorten(position, false);
    if (position.mentions > maxKnown) this.#shorten(position, true);
    return true;
  }

  /**
   * Half of the messages, either those to us or the others, become times only. They cannot be deleted one by one, but
   * they count until they are read.
   */
  #shorten(position: BufferPosition, ofAddressed: boolean): void {
    const { unread, earlierAt } = position;
    let left = maxKnown / 2;
    for (const [key, { at, isAddressed }] of unread) {
      if (left <= 0) break;
      if (isAddressed !== ofAddressed) continue;
      this.#deleteKey(position, key);
      earlierAt.push(at);
      left--;
    }
    if (earlierAt.length > maxCounted) position.earlierAt = earlierAt.slice(-maxCounted);
  }

  /** We have read a buffer up to a time. An earlier time than before changes nothing. */
  markRead(buffer: string, upTo: number): void {
    const position = this.#positionOf(buffer);
    if (upTo <= position.readUpTo) return;
    position.readUpTo = upTo;
    this.#deleteWhere(position, ({ at }) => at <= upTo);
    if (position.earlierAt.length > 0) position.earlierAt = position.earlierAt.filter((at) => at > upTo);
  }

  /**
   * Changes all times. The server can have moved messages that were in the future back to the present; a marker that
   * stayed there would hide all new messages.
   */
  move(present: (at: number) => number): void {
    for (const position of this.#buffers.values()) {
      position.readUpTo = present(position.readUpTo);
      position.newestAt = present(position.newestAt);
      position.earlierAt = position.earlierAt.map(present);
      for (const [key, message] of position.unread) {
        position.unread.set(key, { ...message, at: present(message.at) });
      }
    }
  }

  /** We have read all of a buffer; returns the time of its newest message, 0 when there is none. */
  markAllRead(buffer: string): number {
    const { newestAt } = this.#positionOf(buffer);
    this.markRead(buffer, newestAt);
    return newestAt;
  }

  /** The messages of these people do not count any more. */
  ignore(isIgnored: (nick: string) => boolean): void {
    for (const position of this.#buffers.values()) {
      this.#deleteWhere(position, ({ nick }) => isIgnored(nick));
    }
  }

  forget(buffer: string): void {
    this.#buffers.delete(fold(buffer));
  }

  #positionOf(buffer: string): BufferPosition {
    const key = fold(buffer);
    const found = this.#buffers.get(key);
    if (found !== undefined) return found;
    const made: BufferPosition = {
      readUpTo: 0,
      newestAt: 0,
      mentions: 0,
      unread: new Map<string, UnreadMessage>(),
      earlierAt: [],
    };
    if (this.#buffers.size < maxBuffers || /^[#&]/.test(key)) this.#buffers.set(key, made);
    return made;
  }

  #delete(buffer: string, key: string): void {
    const position = this.#buffers.get(fold(buffer));
    if (position !== undefined && position.unread.has(key)) this.#deleteKey(position, key);
  }

  #deleteWhere(position: BufferPosition, isGone: (message: UnreadMessage) => boolean): void {
    for (const [key, message] of position.unread) if (isGone(message)) this.#deleteKey(position, key);
  }

  #deleteKey(position: BufferPosition, key: string): void {
    if (position.unread.get(key)?.isAddressed) position.mentions--;
    position.unread.delete(key);
  }

  /** A conversation continues under the new name of the person. */
  #rename(from: string, to: string): void {
    const [moved, other] = [this.#buffers.get(fold(from)), this.#buffers.get(fold(to))];
    if (moved === undefined || moved === other) return;
    this.#buffers.delete(fold(from));
    this.#buffers.set(fold(to), moved);
    if (other === undefined) return;
    moved.newestAt = Math.max(moved.newestAt, other.newestAt);
    moved.mentions += other.mentions;
    moved.earlierAt = [...moved.earlierAt, ...other.earlierAt];
    for (const [key, message] of other.unread) moved.unread.set(key, message);
    this.markRead(to, other.readUpTo);
  }
}

/** The same for a message that comes twice. */
export function messageKey({ id, at, from, text }: Said & { readonly at: number }): string {
  return id ?? `${at} ${from.nick} ${text}`;
}
