/** Invariants of every line that the server sends, and of the chat's tables. */
import { assert, assertEquals } from "@std/assert";
import type { Chat, ChatState } from "../../lib/server/chat/chat.ts";
import type { Session } from "../../lib/server/chat/session.ts";
import { bitForCommand, bitForTag, readsLongLines } from "../../lib/irc/capabilities.ts";
import { parse } from "../../lib/irc/message.ts";
import { plainLineBytes } from "../../lib/irc/plain_lines.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Most bytes of all tags of a line (IRCv3 message-tags). */
const maxTagBytes = 8191;

/** Throws unless the chunk is whole, clean lines within the limits, with tags and commands that the session requested. */
export function checkSent(chat: Chat, session: Session | undefined, chunk: Uint8Array): void {
  const text = decoder.decode(chunk);
  assert(text.endsWith("\r\n"), "a chunk ends with its line");
  for (const line of text.slice(0, -2).split("\r\n")) {
    assert(!/[\r\n\0]/.test(line), `CR, LF or NUL in "${line}"`);
    const message = parse(line);
    assert(message !== undefined, `not a message: "${line}"`);
    const tagsEnd = line.startsWith("@") ? line.indexOf(" ") + 1 : 0;
    const encoder = new TextEncoder();
    assert(encoder.encode(line.slice(0, tagsEnd)).length <= maxTagBytes, `tags too long: "${line}"`);
    const bytes = encoder.encode(line.slice(tagsEnd)).length + 2;
    const readsLong = session === undefined || readsLongLines(session.profile.mask);
    const maxBytes = readsLong ? chat.settings.lineBytes : plainLineBytes;
    assert(bytes <= maxBytes, `line of ${bytes} bytes: "${line.slice(0, 200)}"`);
    if (session === undefined) continue;
    for (const tag of message.tags.keys()) {
      assert((session.profile.mask & bitForTag(tag)) !== 0, `tag ${tag} was not asked for: "${line}"`);
    }
    // MARKREAD gets an answer without the capability too.
    if (message.command === "MARKREAD") continue;
    const needed = bitForCommand(message.command);
    assertEquals(session.profile.mask & needed, needed, `${message.command} was not asked for: "${line}"`);
  }
}

/** Throws when the tables disagree: nicks, users, sessions, channels and members. */
export function checkChat(chat: ChatState): void {
  assertEquals(chat.nicks.size, chat.users.size, "each user has one nick");
  for (const [nick, user] of chat.nicks) {
    assertEquals(user.folded, nick);
    assert(chat.users.get(user.id) === user, `${nick} is in both tables`);
    assert(user.devices.size > 0, `${nick} has a session`);
    for (const session of user.sessions) {
      assert(session.user === user && chat.sessions.get(session.id) === session);
    }
    for (const [channel, member] of user.channels) {
      assert(channel.members.get(user) === member, `${nick} and ${channel.name} know of each other`);
      assert(chat.channels.get(channel.folded) === channel, `${channel.name} exists`);
    }
  }
  for (const channel of chat.channels.values()) {
    assert(channel.members.size > 0 || channel.registration !== undefined, `${channel.name} is empty`);
    for (const user of channel.members.keys()) assert(user.channels.has(channel) && chat.users.has(user.id));
    assertEquals(
      new Set(channel.sessions).size,
      channel.sessions.length,
      `each session hears ${channel.name} once`,
    );
  }
}
