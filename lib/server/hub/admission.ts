/** The door: how many connections one address may hold, and which addresses may not come in at all. */
import { isLoopback, peerOf } from "../../irc/address.ts";
import { banSentence, type ServerBans } from "../chat/server_ban.ts";

/** Counts connections by peer (address.ts). People at this machine are not counted, nor whom a proxy on it lets in that is not trusted to name them. */
export class Admission {
  readonly #bans: ServerBans;
  readonly #perAddress: number;
  readonly #counts = new Map<string, number>();

  /** `perAddress` 0 counts nobody. */
  constructor(bans: ServerBans, perAddress: number) {
    this.#bans = bans;
    this.#perAddress = perAddress;
  }

  /** Lets a connection in, to be followed by `leave`, or says why not. */
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

  /** A connection that was let in is over. */
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
