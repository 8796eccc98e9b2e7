/** Replies of the server to one session: numerics, standard replies, refusals. */
import { knowsStandardReplies } from "../../irc/capabilities.ts";
import { type NumericName, numerics } from "../../irc/numerics.ts";
import { cutBytes } from "../../irc/wrap.ts";
import type { Refusal } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { OutgoingLine } from "./outgoing.ts";
import { fromServer } from "./sender.ts";

/** `reply` or `sendNumeric`. */
export type SendNumeric = (session: Session, name: NumericName, ...params: string[]) => void;

/** No name is longer. Replies cut longer words of a client to so many bytes. */
const maxMiddleBytes = 300;

/** Answers with a numeric; its fixed words, if it has some, are added as the last parameter. */
export function reply(session: Session, name: NumericName, ...params: string[]): void {
  session.answer(numeric(session, name, params));
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
  const [code, words] = numerics[name];
  const all = [session.nick, ...params];
  if (words !== "") all.push(words);
  return fromServer(session.chat, code, withMiddles(all));
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
