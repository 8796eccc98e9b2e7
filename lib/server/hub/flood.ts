/**
 * Flood control computes how long a line waits. No line is dropped and no fast client is disconnected: while a line
 * waits, the connection is not read, so TCP slows the client down (ISUPPORT SAFERATE).
 */
import { peerOf } from "../../irc/address.ts";
import type { Line } from "../../irc/lines.ts";
import type { ServerConnection } from "../../net/connection.ts";
import type { SessionState } from "../chat/session.ts";
import { Bucket, Buckets } from "../chat/throttle.ts";
import { costOf } from "./line_cost.ts";

/** A client can send the lines of this many seconds at a time, so that it joins all its channels without waiting. */
const burstSeconds = 10;
/** Operators can send ten times as much. Bots cannot, because every user can call itself a bot. */
const operatorShare = 0.1;
const uncounted = /^(?:@\S+ +)?(?::\S+ +)?(?:PONG|QUIT)\b/i;
/** The cost of a blank line, of a WebSocket frame without a line, and of a read that completes no line. */
const idleShare = 0.05;
/** An answer of this many bytes costs one line, beside the line that asked for it. */
const bytesPerLine = 131_072;

/** PONG and QUIT lines that do not count: more than any client needs. Further PONG and QUIT lines count. */
const uncountedLines = { burst: 10, perSecond: 1 };
/** Joins that come back in a second, while a client joins its channels again. */
const joinsPerSecond = 1;

/** The longest time that a new connection waits for its first read, so that it can still register in time. */
const longestArrivalMs = 10_000;
/** The connections that an address can have at the same time (--per-address) can come again in this time. */
const arrivalSeconds = 20;
/** One person with several programs that connect again and again after an outage. */
const leastArrivals = 20;
const sweepMs = 10_000;

/**
 * New connections of each address. Each brings a burst of lines, or costs a TLS handshake, so nobody can have them again
 * and again.
 */
export class Arrivals {
  readonly #buckets: Buckets | undefined;
  #sweptMs = -Infinity;

  /** `perAddress` 0 means no limit. */
  constructor(perAddress: number) {
    const burst = Math.max(leastArrivals, perAddress);
    const rate = { burst, perSecond: burst / arrivalSeconds };
    this.#buckets = perAddress > 0 ? new Buckets(rate) : undefined;
  }

  /** Counts a connection; returns the milliseconds until its first read. This machine has no limit. */
  waitMs({ address, isLocal }: Pick<ServerConnection, "address" | "isLocal">, nowMs: number): number {
    if (isLocal || this.#buckets === undefined) return 0;
    if (nowMs - this.#sweptMs >= sweepMs) {
      this.#sweptMs = nowMs;
      this.#buckets.sweep(nowMs);
    }
    const peer = peerOf(address);
    const waitMs = this.#buckets.take(peer, nowMs);
    if (waitMs <= longestArrivalMs) return waitMs;
    this.#buckets.returnToken(peer);
    return longestArrivalMs;
  }
}

/** The flood control of one session. */
export class FloodControl {
  readonly #session: SessionState;
  readonly #bucket: Bucket;
  readonly #uncountedLines: Bucket;
  readonly #firstJoins: Bucket;
  #answeredBytes = 0;
  /** Bytes of the next answer that are paid for. */
  #paidBytes = 0;

  /** `perSecond` is how many lines a client can send in the long run. */
  constructor(session: SessionState, perSecond: number, nowMs: number) {
    this.#session = session;
    this.#bucket = new Bucket({ burst: perSecond * burstSeconds, perSecond }, nowMs);
    this.#uncountedLines = new Bucket(uncountedLines, nowMs);
    const { channelsPerUser } = session.chat.settings;
    this.#firstJoins = new Bucket({ burst: channelsPerUser, perSecond: joinsPerSecond }, nowMs);
  }

  /**
   * Counts a line, and the answer to the line before; returns the milliseconds it has to wait. PONG and QUIT do not wait,
   * and neither does the rest of a batch.
   */
  waitMs(line: Line, nowMs: number): number {
    const share = this.#session.user?.isOperator ? operatorShare : 1;
    const { cost, isInBatch, answerBytes = 0 } = costOf(
      this.#session,
      line,
      () => this.#firstJoins.tryTake(nowMs),
    );
    const total = (cost + this.#answerCost()) * share;
    this.#paidBytes = answerBytes;
    const owedMs = this.#bucket.take(nowMs, total);
    if (owedMs === 0 || isInBatch) return 0;
    if (typeof line !== "string" || !uncounted.test(line)) return owedMs;
    if (!this.#uncountedLines.tryTake(nowMs)) return owedMs;
    this.#bucket.take(nowMs, -total);
    return 0;
  }

  /** Counts what is no line: blank lines, frames, small reads. Returns the milliseconds until the next read. */
  idleWaitMs(count: number, nowMs: number): number {
    return count === 0 ? 0 : this.#bucket.take(nowMs, count * idleShare);
  }

  #answerCost(): number {
    const { answeredBytes } = this.#session;
    const bytes = Math.max(0, answeredBytes - this.#answeredBytes - this.#paidBytes);
    this.#answeredBytes = answeredBytes;
    return bytes / bytesPerLine;
  }
}
