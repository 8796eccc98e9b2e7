/** Limits the sockets and requests of each peer (irc/address.ts), so that no peer blocks the others. */
import { isLoopback, peerOf } from "../irc/address.ts";

/** Counts per peer; programs on this machine have no limit, but somebody behind a proxy on this machine has. */
export class AddressLimits {
  readonly #most: number;
  readonly #byPeer = new Map<string, number>();

  /** `most` 0 means no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a socket or a request of the address. Counts nothing and returns false at the limit. */
  take(address: string, isLocal: boolean = isLoopback(address)): boolean {
    const peer = keyOf(address, isLocal);
    const count = this.#byPeer.get(peer) ?? 0;
    if (this.#most > 0 && count >= this.#most && !isLocal) return false;
    this.#byPeer.set(peer, count + 1);
    return true;
  }

  /** Call it once for each that counts, with the same values. */
  release(address: string, isLocal: boolean = isLoopback(address)): void {
    const peer = keyOf(address, isLocal);
    const count = this.#byPeer.get(peer) ?? 0;
    if (count > 1) this.#byPeer.set(peer, count - 1);
    else this.#byPeer.delete(peer);
  }
}

/** Visitors of a proxy on this machine do not share a count with programs on it. */
function keyOf(address: string, isLocal: boolean): string {
  return isLoopback(address) && !isLocal ? `proxy ${address}` : peerOf(address);
}
