/** Replies of the server to one session: numerics, standard replies, refusals. */
import { knowsStandardReplies, readsLongLines } from "../../irc/capabilities.ts";
import { body } from "../../irc/message.ts";
import { type NumericName, numerics } from "../../irc/numerics.ts";
import { isPlainLine, plainLines } from "../../irc/plain_lines.ts";
import { cutBytes } from "../../irc/wrap.ts";
import type { Refusal } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import { answerTags, type OutgoingLine } from "./outgoing.ts";
import { fromServer } from "./sender.ts";

/** `reply` or `sendNumeric`. */
export type SendNumeric = (session: Session, name: NumericName, ...params: string[]) => void;

/** No name is longer. Replies cut longer words of a client to so many bytes. */
const maxMiddleBytes = 300;

/** Answers with a numeric; its fixed words, if it has some, are added as the last parameter. */
export function reply(session: Session, name: NumericName, ...params: string[]): void {
  session.answer(numeric(session, name, params));
}

/** A numeric and its parameters, as reply() gets them. */
export type NumericRow = readonly [name: NumericName, ...params: string[]];

/**
 * Answers with many numerics at once. They go to this session only, so they need no object for each line that keeps its
 * bytes for other recipients: a welcome costs a quarter of the memory and half of the time.
 */
export function replyAll(session: Session, rows: readonly NumericRow[]): void {
  const { chat, profile: { mask } } = session;
  const { name } = chat.settings;
  const tags = answerTags(mask, chat.stampNow());
  const lines: string[] = [];
  for (const [numericName, ...params] of rows) {
    const [code] = numerics[numericName];
    const all = allParams(session, numericName, params);
    const line = body(name, code, all);
    if (readsLongLines(mask) || isPlainLine(line)) lines.push(tags + line);
    else for (const piece of plainLines(name, code, all)) lines.push(tags + piece);
  }
  session.answerLines(lines);
}

/** Sends a numeric that belongs to an event, not to an answer; see Session.send. */
export function sendNumeric(session: Session, name: NumericName, ...params: string[]): void {
  session.send(numeric(session, name, params));
}

type Severity = "FAIL" | "WARN" | "NOTE";

/** Answers with FAIL, WARN or NOTE: `command code context… :text`. */
export function standardReply(session: Session, severity: Severity, ...params: string[]): void {
  for (const outgoing of standardLines(session, severity, params)) session.answer(outgoing);
}

/** Sends a standard reply that belongs to an event, not to an answer; see Session.send. */
export function sendStandardReply(session: Session, severity: Severity, ...params: string[]): void {
  for (const outgoing of standardLines(session, severity, params)) session.send(outgoing);
}

/**
 * Clients that do not know standard replies get the text as a notice, or as the numeric for a message to a channel that
 * was not sent: they show that one in the channel. INVALID_UTF8 belongs to UTF8ONLY in ISUPPORT, which needs no
 * capability, so they get that one too.
 */
function* standardLines(
  session: Session,
  severity: Severity,
  params: readonly string[],
): Generator<OutgoingLine> {
  const { chat, nick, capabilities } = session;
  const [command = "*", code, target = ""] = params;
  const isKnown = knowsStandardReplies(capabilities, command);
  if (isKnown || code === "INVALID_UTF8") yield fromServer(chat, severity, withMiddles(params));
  if (isKnown) return;
  const text = params.at(-1) ?? "";
  if (command === "PRIVMSG" && code === "TEMPORARILY_UNAVAILABLE" && target.startsWith("#")) {
    yield numeric(session, "ERR_CANNOTSENDTOCHAN", [target, text]);
    return;
  }
  const isAbout = severity === "FAIL" && command !== "*";
  yield fromServer(chat, "NOTICE", [nick, isAbout ? `${command}: ${text}` : text]);
}

/** Answers with a refusal of a command or an event. */
export function replyRefusal(session: Session, refusal: Refusal): void {
  if (refusal.refusal === "numeric") reply(session, refusal.name, ...refusal.params);
  else standardReply(session, "FAIL", ...refusal.params);
}

function numeric(session: Session, name: NumericName, params: readonly string[]): OutgoingLine {
  return fromServer(session.chat, numerics[name][0], allParams(session, name, params));
}

/** With the nick before them, and the fixed words after them. */
function allParams({ nick }: Session, name: NumericName, params: readonly string[]): string[] {
  const [, words] = numerics[name];
  return withMiddles(words === "" ? [nick, ...params] : [nick, ...params, words]);
}

/** Replies repeat words of the client: only the last parameter can be empty, hold a space or start with ":". */
function withMiddles(params: readonly string[]): string[] {
  const last = params.length - 1;
  return params.map((param, at) => at < last ? middle(param) : param);
}

function middle(param: string): string {
  if (param === "" || param.charCodeAt(0) === 0x3a || param.includes(" ")) return "*";
  return cutBytes(param, maxMiddleBytes);
}
