/**
 * Counts the entries that one host has in the lists (bans, exceptions, invite exceptions) of all unregistered channels.
 * IPv6 addresses without a cloak count together if they are in one network. Anybody can make such channels, and their
 * lists are in memory: without a limit, a guest could fill a hundred channels.
 * The entries count where they are, also when their setter has left.
 */
import { peerOf } from "../../irc/address.ts";
import type { Channel } from "./channel.ts";
import type { Clock } from "../../irc/clock.ts";

/** The chat, as far as it is counted. */
export interface CountedChat {
  readonly channels: { values(): Iterable<Pick<Channel, "lists" | "registration">> };
  readonly clock: Pick<Clock, "monotonic">;
}

/** Counting reads all channels; until the next count, additions are added to the last one. */
const recountMs = 1000;

/** The entries of each host, or of each IPv6 network. */
export class ListSpace {
  readonly #chat: CountedChat;
  #counts = new Map<string, number>();
  #countedMs = -Infinity;

  constructor(chat: CountedChat) {
    this.#chat = chat;
  }

  /** About the number of entries that users with this host have set, a second ago and since. */
  countOf(host: string): number {
    const now = this.#chat.clock.monotonic();
    if (now - this.#countedMs >= recountMs) {
      this.#countedMs = now;
      this.#count();
    }
    return this.#counts.get(peerOf(host)) ?? 0;
  }

  /** A user with this host sets an entry. */
  add(host: string): void {
    const peer = peerOf(host);
    this.#counts.set(peer, (this.#counts.get(peer) ?? 0) + 1);
  }

  #count(): void {
    this.#counts.clear();
    for (const { lists, registration } of this.#chat.channels.values()) {
      if (registration !== undefined) continue;
      for (const entries of lists.values()) {
        for (const { by } of entries) this.add(by.slice(by.indexOf("@") + 1));
      }
    }
  }
}
