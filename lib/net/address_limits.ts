/** Limits the sockets and requests of each peer (irc/address.ts), so that no peer blocks the others. */
import { isLoopback, peerOf } from "../irc/address.ts";

/** Counts per peer; connections from this machine have no limit. */
export class AddressLimits {
  readonly #most: number;
  readonly #byPeer = new Map<string, number>();

  /** `most` 0 means no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a socket or a request of the address. Counts nothing and returns false at the limit. */
  take(address: string): boolean {
    const peer = peerOf(address);
    const count = this.#byPeer.get(peer) ?? 0;
    if (this.#most > 0 && count >= this.#most && !isLoopback(address)) return false;
    this.#byPeer.set(peer, count + 1);
    return true;
  }

  /** Call it once for each that counts. */
  release(address: string): void {
    const peer = peerOf(address);
    const count = this.#byPeer.get(peer) ?? 0;
    if (count > 1) this.#byPeer.set(peer, count - 1);
    else this.#byPeer.delete(peer);
  }
}
