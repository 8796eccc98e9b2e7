/**
 * Reads numerics. A numeric that changes the state (topic, names) has a row. The others are messages of the server to
 * us: a refusal, or a notice.
 */

import type { NumericName } from "../../irc/numerics.ts";
import { numericName } from "../../irc/numerics.ts";
import { withAllNames, withNames } from "./presence.ts";
import { isRefusalCode, refusalSentence } from "./refusals.ts";
import type { State } from "./state.ts";
import { isOwn, withBuffer } from "./state.ts";
import type { IncomingMessage, MessageReader, ReceiveResult } from "./message_reader.ts";
import { withoutEvents } from "./message_reader.ts";

const rows: Readonly<Partial<Record<NumericName, MessageReader>>> = {
  RPL_WELCOME: readWelcome,
  RPL_YOURHOST: withoutEvents,
  RPL_CREATED: withoutEvents,
  RPL_MYINFO: withoutEvents,
  RPL_ISUPPORT: readIsupport,
  RPL_UMODEIS: withoutEvents,
  RPL_AWAY: readAway,
  RPL_UNAWAY: (state) => ({ state: { ...state, away: undefined }, events: [ownAway(state, undefined)] }),
  RPL_NOWAWAY: (state) => ({ state, events: [ownAway(state, state.away ?? "")] }),
  RPL_CHANNELMODEIS: withoutEvents,
  RPL_CREATIONTIME: withoutEvents,
  RPL_NOTOPIC: (state, { message }) => readTopicText(state, message.params[1], ""),
  RPL_TOPIC: (state, { message }) => readTopicText(state, message.params[1], message.params[2]),
  RPL_TOPICWHOTIME: withoutEvents,
  RPL_INVITING: (state, { message: { params: [by = "", who = "", channel = ""] } }) => ({
    state,
    events: [{ kind: "invited", channel, by, who, own: false }],
  }),
  RPL_NAMREPLY: (state, { message }) =>
    withoutEvents(withNames(state, message.params[2] ?? "", message.params[3] ?? "")),
  RPL_ENDOFNAMES: readEndOfNames,
  RPL_MOTD: (state, { message }) => ({
    state,
    events: [{
      kind: "server notice",
      from: message.source,
      text: (message.params.at(-1) ?? "").replace(/^- ?/, ""),
    }],
  }),
  RPL_MOTDSTART: withoutEvents,
  RPL_ENDOFMOTD: readEndOfMotd,
  ERR_NOMOTD: readEndOfMotd,
  RPL_HELPSTART: readHelp,
  RPL_HELPTXT: readHelp,
  RPL_ENDOFHELP: readHelp,
  RPL_LOGGEDIN: readLoggedIn,
  RPL_LOGGEDOUT: (state) => ({
    state: { ...state, account: "" },
    events: [{ kind: "status", status: "logged out" }],
  }),
};

/** The row for a numeric; undefined for another command. */
export function replyRow(command: string): MessageReader | undefined {
  if (!/^\d{3}$/.test(command)) return undefined;
  const name = numericName(command);
  return (name && rows[name]) ?? (isRefusalCode(command) ? readRefusal : readNotice);
}

function readWelcome(state: State, { message }: IncomingMessage): ReceiveResult {
  return withoutEvents({ ...state, nick: message.params[0] ?? state.nick, registered: true });
}

function readLoggedIn(state: State, { message }: IncomingMessage): ReceiveResult {
  const [, , name = ""] = message.params;
  return { state: { ...state, account: name }, events: [{ kind: "status", status: "logged in", name }] };
}

/** The end of the message of the day ends the registration. */
function readEndOfMotd(state: State): ReceiveResult {
  return withoutEvents({ ...state, welcomed: true });
}

/** More than any server has. */
const maxTokens = 500;

function readIsupport(state: State, { message }: IncomingMessage): ReceiveResult {
  const tokens = new Map(state.isupport);
  for (const token of message.params.slice(1, -1)) {
    const [, removed, name = "", value = ""] = /^(-?)([^=]+)=?(.*)$/s.exec(token) ?? [];
    if (removed === "-") tokens.delete(name);
    else if (name !== "" && (tokens.size < maxTokens || tokens.has(name))) {
      tokens.set(name, unescapeToken(value));
    }
  }
  return withoutEvents({ ...state, isupport: tokens, network: tokens.get("NETWORK") ?? state.network });
}

/** "\x20" and similar escapes are characters that a token cannot contain. */
function unescapeToken(value: string): string {
  return value.replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function readTopicText(state: State, buffer = "", topic = ""): ReceiveResult {
  return {
    state: withBuffer(state, buffer, (channel) => ({ ...channel, topic })),
    events: [{ kind: "topic", buffer, topic, by: "" }],
  };
}

function readEndOfNames(state: State, { message }: IncomingMessage): ReceiveResult {
  const buffer = message.params[1] ?? "";
  return { state: withAllNames(state, buffer), events: [{ kind: "members", buffer }] };
}

function readAway(state: State, { message }: IncomingMessage): ReceiveResult {
  const [, nick = "", reason = ""] = message.params;
  return { state, events: [{ kind: "away", who: { nick }, own: false, reason }] };
}

function ownAway(state: State, reason: string | undefined): ReceiveResult["events"][number] {
  return { kind: "away", who: { nick: state.nick }, own: true, reason };
}

/** All words but our own nick, which is first in every numeric. The counts of users during registration are left out. */
function readNotice(state: State, { message }: IncomingMessage): ReceiveResult {
  if (!state.welcomed) return withoutEvents(state);
  const [first = "", ...others] = message.params;
  const words = isOwn(state, first) || first === "*" ? others : message.params;
  return { state, events: [{ kind: "server notice", from: message.source, text: words.join(" ") }] };
}

/** The second word of a line of help is the command that it is about: every line would begin with it. */
function readHelp(state: State, { message }: IncomingMessage): ReceiveResult {
  const text = message.params.at(-1) ?? "";
  return { state, events: [{ kind: "server notice", from: message.source, text }] };
}

function readRefusal(state: State, { message, label }: IncomingMessage): ReceiveResult {
  const code = numericName(message.command) ?? message.command;
  const target = message.params.length > 2 ? message.params[1] ?? "" : "";
  const text = refusalSentence(state, message.command, target, message.params.at(-1) ?? "");
  return {
    state,
    events: [{ kind: "refused", code, target, text, ...(label !== undefined && { label }) }],
  };
}
