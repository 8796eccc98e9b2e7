/**
 * One message from the server → the next state, and events. Pure: it sends nothing. There is one row for each command:
 * in presence.ts about people and channels, in message_changes.ts about messages, in numerics.ts for numerics.
 */

import { unshared } from "../../irc/message.ts";
import { fold } from "../../irc/names.ts";
import type { ChatEvent, Manner } from "./event.ts";
import { presenceRows } from "./presence.ts";
import { messageChangeRows } from "./message_changes.ts";
import { readClientTag } from "./client_tags.ts";
import { replyRow } from "./numerics.ts";
import { sharedName } from "./shared_name.ts";
import type { State } from "./state.ts";
import {
  findBuffer,
  isChannel,
  isIgnored,
  isOwn,
  isOwnPerson,
  withBuffer,
  withMessageBy,
  withOpenBuffer,
} from "./state.ts";
import type { IncomingMessage, MessageReader, ReceiveResult } from "./message_reader.ts";
import { authorOf, withoutEvents } from "./message_reader.ts";
import { hasMention } from "./mentions.ts";

const rows: Readonly<Record<string, MessageReader>> = {
  PRIVMSG: readSaid,
  NOTICE: readSaid,
  WALLOPS: readWallops,
  ...messageChangeRows,
  ...presenceRows,
  FAIL: readStandardReply,
  WARN: readStandardReply,
  NOTE: readStandardReply,
  CAP: readCapabilities,
};

/** The state after a message, and its events; an unknown command changes nothing. */
export function receive(
  state: State,
  incoming: IncomingMessage,
): { readonly state: State; readonly events: readonly ChatEvent[] } {
  const { command } = incoming.message;
  const row = Object.hasOwn(rows, command) ? rows[command] : undefined;
  const step = (row ?? replyRow(command) ?? withoutEvents)(state, incoming);
  const when = { at: incoming.at, ...(incoming.history && { history: true }) };
  return { state: step.state, events: step.events.map((body) => ({ ...body, ...when })) };
}

function readSaid(state: State, incoming: IncomingMessage): ReceiveResult {
  const { message } = incoming;
  const [to = "", written = ""] = message.params;
  const from = authorOf(incoming);
  const own = incoming.history && !isOwn(state, to) ? isOwnPerson(state, from) : isOwn(state, from.nick);
  if (from.nick === "" || isServer(message.source)) return serverNotice(state, incoming, written);
  if (!own && isIgnored(state, message.source, from.account)) return withoutEvents(state);
  const read = readManner(message.command, written);
  if (read === undefined) return withoutEvents(state);
  const inChannel = isChannel(state, to.replace(/^[~&@%+]+(?=[#&])/, ""));
  const buffer = inChannel ? to.replace(/^[~&@%+]+(?=[#&])/, "") : own ? to : from.nick;
  // A private notice opens no conversation: services and bots send notices that nobody asked for.
  const open = inChannel || read.manner === "notice" ? state : withOpenBuffer(state, buffer);
  const next = withBuffer(open, buffer, (one) => withMessageBy(one, from.nick));
  // A user interface keeps messages and ids for a long time.
  const id = unshared(message.tags.get("msgid") ?? "") || undefined;
  const replyTo = unshared(readClientTag(message, "reply") ?? "") || undefined;
  const context = inChannel
    ? undefined
    : contextOf(state, from.nick, readClientTag(message, "channelContext"));
  const names = incoming.history ? [state.nick, state.previousNick] : [state.nick];
  const mention = !own && names.some((name) => hasMention(read.text, name));
  const changed = own
    ? { source: message.source }
    : inChannel || read.manner === "notice"
    ? {}
    : { lastSender: from.nick };
  return {
    state: { ...next, ...changed },
    events: [{
      kind: "said",
      buffer: sharedName(buffer),
      from,
      to: sharedName(to),
      own,
      mention,
      direct: !inChannel,
      manner: read.manner,
      text: unshared(read.text),
      ...(id !== undefined && { id }),
      ...(replyTo !== undefined && { replyTo }),
      ...(context !== undefined && { context }),
    }],
  };
}

/** A stranger cannot place a message in a channel. */
function contextOf(state: State, nick: string, name: string | undefined): string | undefined {
  const channel = name === undefined || !isChannel(state, name) ? undefined : findBuffer(state, name);
  return channel?.joined && channel.members.has(fold(nick)) ? channel.name : undefined;
}

/** Undefined for a CTCP request other than ACTION: we answer none of them. */
function readManner(
  command: string,
  text: string,
): { readonly manner: Manner; readonly text: string } | undefined {
  if (!text.startsWith("\x01")) return { manner: command === "NOTICE" ? "notice" : "message", text };
  // deno-lint-ignore no-control-regex -- CTCP begins and ends with this character
  const action = /^\x01ACTION(?: ([^\x01]*))?\x01?$/.exec(text);
  return action === null ? undefined : { manner: "action", text: action[1] ?? "" };
}

/** The name of a server has a dot and no "!". */
function isServer(source: string): boolean {
  return source === "" || (!source.includes("!") && source.includes("."));
}

function serverNotice(state: State, { message }: IncomingMessage, text: string): ReceiveResult {
  return { state, events: [{ kind: "server notice", from: message.source, text }] };
}

/** A notice of an operator to everybody with mode +w. */
function readWallops(state: State, incoming: IncomingMessage): ReceiveResult {
  const { source, params: [text = ""] } = incoming.message;
  if (isIgnored(state, source)) return withoutEvents(state);
  const from = authorOf(incoming).nick;
  return { state, events: [{ kind: "server notice", from, text: `Notice from ${from}: ${text}` }] };
}

/** IRCv3 standard replies: FAIL command code context… :text. */
function readStandardReply(state: State, { message, label }: IncomingMessage): ReceiveResult {
  const [command = "", code = ""] = message.params;
  const text = message.params.at(-1) ?? "";
  const target = message.params.length > 3 ? message.params[2] ?? "" : "";
  if (message.command !== "FAIL") return { state, events: [{ kind: "server notice", from: "", text, code }] };
  const said = ["*", "", "PRIVMSG"].includes(command) ? text : `${text} (${command})`;
  return {
    state,
    events: [{ kind: "refused", code, target, text: said, command, ...(label !== undefined && { label }) }],
  };
}

/** More than any server has. */
const maxCapabilities = 500;

/** CAP: the server offers capabilities (LS, NEW), withdraws them (DEL), or enables them for us (ACK). */
function readCapabilities(state: State, { message }: IncomingMessage): ReceiveResult {
  const names = (message.params.at(-1) ?? "").split(" ").filter((name) => name !== "");
  const offered = new Map(state.offered);
  const caps = new Set(state.caps);
  for (const name of names) {
    const [, removed, key = "", value = ""] = /^(-?)([^=]+)=?(.*)$/s.exec(name) ?? [];
    switch (message.params[1]?.toUpperCase()) {
      case "LS":
      case "NEW":
        if (offered.size < maxCapabilities) offered.set(key, value);
        break;
      case "DEL":
        offered.delete(key);
        caps.delete(key);
        break;
      case "ACK":
        if (removed === "-") caps.delete(key);
        else if (caps.size < maxCapabilities) caps.add(key);
    }
  }
  return withoutEvents({ ...state, offered, caps });
}
