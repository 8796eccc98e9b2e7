/**
 * Flood control: how long a line waits for its turn. Nothing is dropped and nobody is cut off for being fast: while a
 * line waits, the connection is not read, so a peer that goes on is slowed down by TCP (ISUPPORT SAFERATE).
 */
import type { Line } from "../../irc/lines.ts";
import type { Session } from "../chat/session.ts";
import { Bucket } from "../chat/throttle.ts";

/** Seconds' worth of lines that may come at once, so that a client can join all its channels without waiting. */
const burstSeconds = 10;
/** Operators have ten times the allowance. A bot has none of its own, as everybody can say to be one. */
const operatorShare = 0.1;
/** Lines of one message (draft/multiline), which has limits of its own; no other command, whatever its tags say. */
const batchShare = 0.1;
const free = /^(?:@\S+ +)?(?::\S+ +)?(?:PONG|QUIT)\b/i;
const inBatch = /^@(?:\S*;)?batch=\S* +(?::\S+ +)?(?:PRIVMSG|NOTICE) /i;

/** Signs of life that are free: more than any client has to give. Past these they are lines like any other. */
const signs = { burst: 10, perSecond: 1 };

/** One session's allowance. */
export class FloodControl {
  readonly #bucket: Bucket;
  readonly #signs: Bucket;

  /** `perSecond` is how many lines may come in the long run. */
  constructor(perSecond: number, nowMs: number) {
    this.#bucket = new Bucket({ burst: perSecond * burstSeconds, perSecond }, nowMs);
    this.#signs = new Bucket(signs, nowMs);
  }

  /** Milliseconds this line has to wait; it is counted. A sign of life and a goodbye do not wait. */
  waitMs(session: Session, line: Line, nowMs: number): number {
    const share = session.user?.modes.has("o") ? operatorShare : isInBatch(session, line) ? batchShare : 1;
    const owedMs = this.#bucket.take(nowMs, share);
    if (owedMs === 0 || typeof line !== "string" || !free.test(line)) return owedMs;
    if (!this.#signs.takeIfAny(nowMs)) return owedMs;
    this.#bucket.take(nowMs, -share);
    return 0;
  }
}

function isInBatch(session: Session, line: Line): boolean {
  return session.batch !== undefined && typeof line === "string" && inBatch.test(line);
}
