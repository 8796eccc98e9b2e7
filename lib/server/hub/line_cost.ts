/**
 * The cost of a line. One line to one reader costs 1; all else costs in proportion to the lines that a reader can
 * receive from it, and to the work of the server. Pure: it reads the line and the chat, and waits for nothing.
 */
import type { Line } from "../../irc/lines.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { skipSpaces, wordEnd } from "../../irc/message.ts";
import type { Session } from "../chat/session.ts";
import { maxTargets } from "../render/isupport.ts";

/** The cost of a request for a read marker: a client sends one for each of its conversations (IRCv3 read-marker). */
const markerShare = 0.1;
const markerRequest = /^(?:@\S+ +)?(?::\S+ +)?MARKREAD +[^ ]+ *$/i;
/** A request for this many messages of the history costs one line; it takes the server about 5 ms. */
const messagesPerLine = 500;
/** That price contains answers of this length; long messages and many deletions cost more. */
const messageBytes = 1024;
const pageBytes = 16_384;
/** It has exactly the parameters of its subcommand; the last is the number of messages. */
const historyRequest =
  /^(?:@\S+ +)?(?::\S+ +)?CHATHISTORY +(?:(?:LATEST|BEFORE|AFTER|AROUND) +\S+|BETWEEN +\S+ +\S+) +\S+ +(\d+) *$/i;
const inBatch = /^@(?:\S*;)?batch=\S* +(?::\S+ +)?(?:PRIVMSG|NOTICE) /i;
const batchEnd = /^(?:@\S+ +)?(?::\S+ +)?BATCH +-/i;

const beyondAscii = /[^\x20-\x7e]/;
const atSign = 0x40;
const colon = 0x3a;

/** A line up to this length is one line for every reader; a longer one arrives in pieces of about `pieceBytes`. */
const shortBytes = 512;
const pieceBytes = 400;
/** The cost of a piece of a message of several lines that readers without draft/multiline do not get. */
const hiddenShare = 0.1;
/** A change of a user is recorded in each of its channels, and told to all their members: this many cost one line. */
const channelsPerLine = 10;
/** The cost of joining one channel, as long as the session has not joined more than a client joins at its start. */
const firstJoinShare = 0.04;

/** Commands whose first parameter is a list of targets; the first ones (TARGMAX) get the whole line. */
const messages: ReadonlySet<string> = new Set(["PRIVMSG", "NOTICE", "TAGMSG"]);
/** Commands that change a user in all its channels. */
const everywhere: ReadonlySet<string> = new Set(["NICK", "AWAY", "SETNAME"]);

/** The cost of a line, and how it is paid. */
export interface LineCost {
  readonly cost: number;
  /** It does not wait, because its batch has a deadline; the next line pays. */
  readonly isInBatch?: boolean;
  /** Bytes of its answer that are part of the cost. @default {0} */
  readonly answerBytes?: number;
}

/** The part of a session that costs depend on. */
export type Payer = Pick<Session, "chat" | "batch" | "user">;

const one: LineCost = { cost: 1 };

/** The cost of a line; unusable ones cost one. `takeFirstJoin` counts a JOIN, and tells whether it is one of the first. */
export function costOf(payer: Payer, line: Line, takeFirstJoin: () => boolean): LineCost {
  if (typeof line !== "string") return one;
  if (payer.batch !== undefined) {
    if (inBatch.test(line)) return { cost: batchLineCost(payer, line), isInBatch: true };
    if (batchEnd.test(line)) return { cost: 1, isInBatch: true };
  }
  const at = commandAt(line);
  const end = wordEnd(line, at);
  const command = line.slice(at, end).toUpperCase();
  if (command === "JOIN") return { cost: joinCost(payer, parameter(line, end), takeFirstJoin) };
  if (command === "MARKREAD" && markerRequest.test(line)) return { cost: markerShare };
  if (command === "CHATHISTORY") {
    const wanted = Number(historyRequest.exec(line)?.[1]);
    if (wanted > 0) {
      return {
        cost: Math.min(1, Math.max(markerShare, wanted / messagesPerLine)),
        answerBytes: Math.min(wanted, messagesPerLine) * messageBytes + pageBytes,
      };
    }
  }
  const cost = lineCost(payer, command, { line, end, count: pieces(line) });
  return cost === 1 ? one : { cost };
}

/** A line, the place where its parameters begin, and the number of its pieces. */
interface Parts {
  readonly line: string;
  readonly end: number;
  readonly count: number;
}

/** How often the line, or what it causes, reaches somebody or is recorded. */
function lineCost(payer: Payer, command: string, { line, end, count }: Parts): number {
  if (messages.has(command)) return count * Math.min(maxTargets, listed(parameter(line, end)));
  if (command === "PART") return Math.max(count, listed(parameter(line, end)));
  if (command === "KICK") {
    const second = parameter(line, wordEnd(line, skipSpaces(line, end)));
    const targets = Math.max(listed(parameter(line, end)), listed(second));
    return Math.max(count, Math.min(maxTargets, targets));
  }
  return everywhere.has(command) ? count + (payer.user?.channels.size ?? 0) / channelsPerLine : count;
}

/** Where the command begins: after the tags and the source. */
function commandAt(line: string): number {
  let at = skipSpaces(line, 0);
  while (line.charCodeAt(at) === atSign) at = skipSpaces(line, wordEnd(line, at));
  return line.charCodeAt(at) === colon ? skipSpaces(line, wordEnd(line, at)) : at;
}

/** The next word without the colon of a last parameter. */
function parameter(line: string, from: number): string {
  const at = skipSpaces(line, from);
  return line.slice(line.charCodeAt(at) === colon ? at + 1 : at, wordEnd(line, at));
}

/** The lines of at most 512 bytes that hold this line. */
function pieces(line: string): number {
  // No character has more than three bytes for each unit of its length.
  if (line.length * 3 <= shortBytes) return 1;
  const bytes = beyondAscii.test(line) ? utf8Bytes(line) : line.length;
  return bytes <= shortBytes ? 1 : Math.ceil(bytes / pieceBytes);
}

function listed(list: string): number {
  let count = 1;
  for (let at = list.indexOf(","); at >= 0; at = list.indexOf(",", at + 1)) count++;
  return count;
}

/** "JOIN 0" leaves all channels. */
function joinCost(payer: Payer, list: string, takeFirstJoin: () => boolean): number {
  if (list === "0") return Math.max(1, payer.user?.channels.size ?? 0);
  let cost = 0;
  for (let left = listed(list); left > 0; left--) cost += takeFirstJoin() ? firstJoinShare : 1;
  return Math.max(1, cost);
}

/**
 * Readers without draft/multiline get the first lines (--plain-lines) and a line about the others, which the end of the
 * batch pays for. Of a paragraph they get twice as many (render/excerpt.ts).
 */
function batchLineCost({ chat: { settings: { plainLines } }, batch }: Payer, line: string): number {
  const count = pieces(line);
  const isContinued = line.includes("draft/multiline-concat");
  const shown = plainLines === 0 ? Infinity : isContinued ? plainLines * 2 : plainLines;
  const before = batch?.lines.length ?? 0;
  const paid = Math.min(count, Math.max(0, shown - before));
  return paid + (count - paid) * hiddenShare;
}
