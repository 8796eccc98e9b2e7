/**
 * Flood control computes how long a line waits. No line is dropped and no fast client is disconnected: while a line
 * waits, the connection is not read, so TCP slows the client down (ISUPPORT SAFERATE).
 */
import type { Line } from "../../irc/lines.ts";
import type { Session } from "../chat/session.ts";
import { Bucket } from "../chat/throttle.ts";

/** A client can send the lines of this many seconds at a time, so that it joins all its channels without waiting. */
const burstSeconds = 10;
/** Operators can send ten times as much. Bots cannot, because every user can call itself a bot. */
const operatorShare = 0.1;
/** The cost of a line of a draft/multiline message, which has its own limits; other commands in a batch cost 1. */
const batchShare = 0.1;
/** The cost of a request for a read marker: a client sends one for each of its conversations (IRCv3 read-marker). */
const markerShare = 0.1;
const markerRequest = /^(?:@\S+ +)?(?::\S+ +)?MARKREAD +[^ ]+ *$/i;
/** A request for this many messages of the history costs one line; it takes the server about 5 ms. */
const messagesPerLine = 500;
/** It has exactly the parameters of its subcommand; the last is the number of messages. */
const historyRequest =
  /^(?:@\S+ +)?(?::\S+ +)?CHATHISTORY +(?:(?:LATEST|BEFORE|AFTER|AROUND) +\S+|BETWEEN +\S+ +\S+) +\S+ +(\d+) *$/i;
const uncounted = /^(?:@\S+ +)?(?::\S+ +)?(?:PONG|QUIT)\b/i;
const inBatch = /^@(?:\S*;)?batch=\S* +(?::\S+ +)?(?:PRIVMSG|NOTICE) /i;

/** PONG and QUIT lines that do not count: more than any client needs. Further PONG and QUIT lines count. */
const uncountedLines = { burst: 10, perSecond: 1 };

/** The flood control of one session. */
export class FloodControl {
  readonly #bucket: Bucket;
  readonly #uncountedLines: Bucket;

  /** `perSecond` is how many lines a client can send in the long run. */
  constructor(perSecond: number, nowMs: number) {
    this.#bucket = new Bucket({ burst: perSecond * burstSeconds, perSecond }, nowMs);
    this.#uncountedLines = new Bucket(uncountedLines, nowMs);
  }

  /** Counts a line; returns the milliseconds it has to wait. PONG and QUIT do not wait. */
  waitMs(session: Session, line: Line, nowMs: number): number {
    const share = shareOf(session, line);
    const owedMs = this.#bucket.take(nowMs, share);
    if (owedMs === 0 || typeof line !== "string" || !uncounted.test(line)) return owedMs;
    if (!this.#uncountedLines.tryTake(nowMs)) return owedMs;
    this.#bucket.take(nowMs, -share);
    return 0;
  }
}

/** How much of one line it costs. */
function shareOf(session: Session, line: Line): number {
  if (session.user?.isOperator) return operatorShare;
  if (isInBatch(session, line)) return batchShare;
  if (typeof line !== "string") return 1;
  if (markerRequest.test(line)) return markerShare;
  return historyShare(line);
}

/** The cost of a request for messages: a client that catches up sends many. 1 for other lines. */
function historyShare(line: string): number {
  const limit = Number(historyRequest.exec(line)?.[1]);
  return limit > 0 ? Math.min(1, Math.max(markerShare, limit / messagesPerLine)) : 1;
}

function isInBatch(session: Session, line: Line): boolean {
  return session.batch !== undefined && typeof line === "string" && inBatch.test(line);
}
