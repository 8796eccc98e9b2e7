/** Reads typing, reactions, deletions and read markers. */

import { fold } from "../../irc/names.ts";
import { readClientTag } from "./client_tags.ts";
import type { State } from "./state.ts";
import { isChannel, isIgnored, isOwn, isOwnPerson, withBuffer } from "./state.ts";
import { typingEnd } from "./typing.ts";
import type { IncomingMessage, MessageReader, ReceiveResult } from "./message_reader.ts";
import { authorOf, withoutEvents } from "./message_reader.ts";

/** One row for each command. */
export const messageChangeRows: Readonly<Record<string, MessageReader>> = {
  TAGMSG: readTagMessage,
  REDACT: readRedact,
  MARKREAD: readMarkRead,
};

/** A longer text is not a reaction. */
const maxReaction = 64;

function readTagMessage(state: State, incoming: IncomingMessage): ReceiveResult {
  const { message } = incoming;
  const who = authorOf(incoming);
  const own = incoming.history ? isOwnPerson(state, who) : isOwn(state, who.nick);
  if (!own && isIgnored(state, message.source, who.account)) return withoutEvents(state);
  const [to = ""] = message.params;
  const buffer = isChannel(state, to) || own ? to : who.nick;
  const id = readClientTag(message, "reply") || undefined;
  const added = readClientTag(message, "react");
  const emoji = added ?? readClientTag(message, "unreact");
  if (id !== undefined && emoji !== undefined && emoji.length <= maxReaction) {
    const kind = "reacted";
    const reactionId = message.tags.get("msgid");
    const reaction = { kind, buffer, id, emoji, who, own, added: added !== undefined } as const;
    return { state, events: [{ ...reaction, ...(reactionId !== undefined && { reactionId }) }] };
  }
  const activity = readClientTag(message, "typing");
  return activity === undefined || own || incoming.history
    ? withoutEvents(state)
    : readTyping(state, incoming, buffer, activity);
}

function readTyping(
  state: State,
  incoming: IncomingMessage,
  buffer: string,
  activity: string,
): ReceiveResult {
  // Typing lasts from its arrival: the clock of the server can differ from ours.
  const { at, arrivedAt = at } = incoming;
  const who = authorOf(incoming);
  const until = typingEnd(activity, arrivedAt);
  const next = withBuffer(state, buffer, (one) => ({
    ...one,
    typing: new Map([...one.typing].filter(([, end]) => end > arrivedAt)).set(fold(who.nick), until),
  }));
  return { state: next, events: [{ kind: "typing", buffer, who, active: until > 0 }] };
}

function readRedact(state: State, incoming: IncomingMessage): ReceiveResult {
  const [to = "", id = "", reason = ""] = incoming.message.params;
  if (id === "") return withoutEvents(state);
  const by = authorOf(incoming);
  const own = incoming.history ? isOwnPerson(state, by) : isOwn(state, by.nick);
  const buffer = isChannel(state, to) || own ? to : by.nick;
  return { state, events: [{ kind: "redacted", buffer, id, by, own, reason }] };
}

/** MARKREAD target timestamp=…; "*" when we have read nothing yet. */
function readMarkRead(state: State, { message }: IncomingMessage): ReceiveResult {
  const [buffer = "", time = ""] = message.params;
  const upTo = Date.parse(time.replace(/^timestamp=/, ""));
  if (Number.isNaN(upTo)) return withoutEvents(state);
  return {
    state: withBuffer(state, buffer, (one) => ({ ...one, readUpTo: Math.max(one.readUpTo ?? 0, upTo) })),
    events: [{ kind: "read", buffer, upTo }],
  };
}
