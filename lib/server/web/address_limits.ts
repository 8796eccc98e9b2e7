/** Limits what each peer (irc/address.ts) holds of the web side, so that one peer cannot block the others. */
import type { EventEmitter } from "node:events";
import { isLoopback, peerOf } from "../../irc/address.ts";

/** Counts per peer; connections from this machine have no limit. */
export class AddressLimits {
  readonly #most: number;
  readonly #byPeer = new Map<string, number>();

  /** `most` 0 means no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts something the address holds, until it closes. False, and not counted, if the address is at its limit. */
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
