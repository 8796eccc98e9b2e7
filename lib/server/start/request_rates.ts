/**
 * Limits how many HTTP requests an address can send. A load of the page is about two hundred requests, and many people
 * can share an address, so the burst is large.
 */
import { peerOf } from "../../irc/address.ts";
import { Buckets } from "../chat/throttle.ts";
import type { Settings } from "../settings/settings.ts";
import type { Visitor } from "../web/visitor.ts";

/** A burst has the requests of this many seconds. */
const burstSeconds = 50;
/** Programs on this machine can send so many times as much. */
const localShare = 10;
const sweepMs = 10_000;

/** The counts of one server. */
export class RequestRates {
  readonly #remote: Buckets | undefined;
  readonly #local: Buckets | undefined;
  readonly #monotonic: () => number;
  #sweptMs: number;

  constructor({ httpRate }: Settings, monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#sweptMs = monotonic();
    if (httpRate === 0) return;
    const rate = { burst: httpRate * burstSeconds, perSecond: httpRate };
    this.#remote = new Buckets(rate);
    this.#local = new Buckets({ burst: rate.burst * localShare, perSecond: rate.perSecond * localShare });
  }

  /** Counts a request; false if it comes too soon. */
  readonly admit = ({ address, isLocal }: Visitor): boolean => {
    const nowMs = this.#monotonic();
    if (nowMs - this.#sweptMs >= sweepMs) {
      this.#sweptMs = nowMs;
      this.#remote?.sweep(nowMs);
      this.#local?.sweep(nowMs);
    }
    return (isLocal ? this.#local : this.#remote)?.tryTake(peerOf(address), nowMs) ?? true;
  };
}
