/** What each peer (irc/address.ts) holds of the web side: one that takes all would keep the others out. */
import type { EventEmitter } from "node:events";
import { isLoopback, peerOf } from "../../irc/address.ts";

/** Counts by peer; this machine's own people may hold any number. */
export class AddressLimits {
  readonly #most: number;
  readonly #byPeer = new Map<string, number>();

  /** `most` 0 counts nobody. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts something the address holds until that closes. False, and not counted, when it holds too many. */
  hold(address: string, held: EventEmitter): boolean {
    const peer = peerOf(address);
    const count = this.#byPeer.get(peer) ?? 0;
    if (this.#most > 0 && count >= this.#most && !isLoopback(address)) return false;
    this.#byPeer.set(peer, count + 1);
    held.once("close", () => this.#release(peer));
    return true;
  }

  #release(peer: string): void {
    const count = this.#byPeer.get(peer) ?? 0;
    if (count > 1) this.#byPeer.set(peer, count - 1);
    else this.#byPeer.delete(peer);
  }
}
