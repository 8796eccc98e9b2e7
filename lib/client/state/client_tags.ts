/**
 * Client-only tags: the names that we send and the names that we read. A tag of a specification that is still a draft
 * has the prefix "draft/"; when it is ratified, other clients change to the name without it one by one. So we send an
 * answer under both names and read either. A reaction is a draft, and its specification forbids the other name.
 */

import { utf8Bytes } from "../../irc/lines.ts";
import type { Message } from "../../irc/message.ts";
import { formatTags } from "../../irc/message.ts";
import type { State } from "./state.ts";

/** Tags to send, by name. */
export type ClientTags = Readonly<Record<string, string>>;

/** The most bytes of client-only tags in one message (IRCv3 message-tags: 4094, without the "@" and the space). */
const maxTagBytes = 4094;
/** For a label, a reference to a batch and the separators. */
const reservedBytes = 94;

/** The names of each kind of tag, the one to send first. */
const tagNames = {
  reply: ["+reply", "+draft/reply"],
  react: ["+draft/react", "+react"],
  unreact: ["+draft/unreact", "+unreact"],
  typing: ["+typing", "+draft/typing"],
  channelContext: ["+channel-context", "+draft/channel-context"],
} as const;

/** A kind of client-only tag. */
export type ClientTag = keyof typeof tagNames;

/** The value of a tag under any of its names; undefined when the message does not have it. */
export function readClientTag({ tags }: Message, kind: ClientTag): string | undefined {
  for (const name of tagNames[kind]) {
    const value = tags.get(name);
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** Whether the server passes this tag on (CLIENTTAGDENY of IRCv3 message-tags: "*" denies all but "-name"). */
export function isTagAllowed({ isupport }: State, kind: ClientTag): boolean {
  const name = tagNames[kind][0].slice(1);
  const denied = (isupport.get("CLIENTTAGDENY") ?? "").split(",");
  return denied.includes("*") ? denied.includes(`-${name}`) : !denied.includes(name);
}

/** The tags of an answer to the message with this id, under both names, or under one where both are too long. */
export function replyTags(id: string, others: ClientTags = {}): ClientTags {
  const [name, draftName] = tagNames.reply;
  const both = { [name]: id, [draftName]: id, ...others };
  return utf8Bytes(formatTags(Object.entries(both))) + reservedBytes <= maxTagBytes
    ? both
    : { [name]: id, ...others };
}

/** The tags that add a reaction to the message with this id, or remove it. */
export function reactionTags(id: string, emoji: string, added: boolean): ClientTags {
  return replyTags(id, { [tagNames[added ? "react" : "unreact"][0]]: emoji });
}

/** The tag for our typing. */
export function typingTags(activity: string): ClientTags {
  return { [tagNames.typing[0]]: activity };
}
