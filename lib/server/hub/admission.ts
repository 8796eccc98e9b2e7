/** Admission of connections: it refuses banned addresses, and addresses with too many connections. */
import { isLoopback, peerOf } from "../../irc/address.ts";
import { banSentence, type ServerBans } from "../chat/server_ban.ts";

/**
 * Counts connections by peer (irc/address.ts). It does not count connections from this machine: they can also come
 * through a local proxy that is not trusted to name its clients.
 */
export class Admission {
  readonly #bans: ServerBans;
  readonly #perAddress: number;
  readonly #counts = new Map<string, number>();

  /** With `perAddress` 0 there is no limit. */
  constructor(bans: ServerBans, perAddress: number) {
    this.#bans = bans;
    this.#perAddress = perAddress;
  }

  /** Admits a connection, or returns the refusal as a sentence. Call leave() when an admitted connection ends. */
  enter(address: string, nowMs: number): string | undefined {
    const ban = this.#bans.findAddress(address, nowMs);
    if (ban !== undefined) return banSentence(ban);
    if (!this.#isCounted(address)) return undefined;
    const peer = peerOf(address);
    const count = this.#counts.get(peer) ?? 0;
    if (count >= this.#perAddress) {
      return `Too many connections from your address: ${count} of ${this.#perAddress}`;
    }
    this.#counts.set(peer, count + 1);
  }

  /** Removes an admitted connection from the count. */
  leave(address: string): void {
    const peer = peerOf(address);
    const count = this.#counts.get(peer);
    if (count === undefined) return;
    if (count > 1) this.#counts.set(peer, count - 1);
    else this.#counts.delete(peer);
  }

  #isCounted(address: string): boolean {
    return this.#perAddress > 0 && !isLoopback(address);
  }
}
