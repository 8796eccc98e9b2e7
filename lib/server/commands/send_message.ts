/** Sending a message to a channel, to members with a rank, or to one user: who can send it, and what prevents it. */
import { utf8Bytes } from "../../irc/lines.ts";
import { lowestPrefix } from "../../irc/modes.ts";
import { fold } from "../../irc/names.ts";
import { numerics } from "../../irc/numerics.ts";
import type { MessageCommand, MessageTarget } from "../apply/event.ts";
import type { Chat } from "../chat/chat.ts";
import type { MessageLine } from "../chat/delivery.ts";
import { refusalToMessage, refusalToSpeak } from "../chat/permission.ts";
import { numericRefusal, type Refusal } from "../chat/refusal.ts";
import type { User } from "../chat/user.ts";
import { isHidden, isVisible } from "../chat/visibility.ts";
import type { Call } from "../hub/command.ts";
import { reply, replyRefusal } from "../render/reply.ts";
import { fromServer } from "../render/sender.ts";
import { askNickServ, isNickServ } from "./services.ts";

/** A message to any target. */
export interface MessageRequest {
  readonly command: MessageCommand;
  readonly text: string;
  readonly lines?: readonly MessageLine[];
  readonly tags?: readonly (readonly [string, string])[] | undefined;
}

/** Sends the message to one target, or answers why not. */
export function sendMessage(
  call: Call,
  name: string,
  { command, text, lines, tags }: MessageRequest,
): void | Promise<void> {
  const { chat, commit, session, user } = call;
  const target = resolve(call, name, text);
  // An error never answers a NOTICE, so that two programs cannot answer each other without end.
  if ("refusal" in target) {
    if (command === "PRIVMSG" && isNickServ(name)) return askNickServ(call, text);
    if (command === "NOTICE") return;
    return chat.find(name) === undefined && chat.accounts.find(name) !== undefined
      ? replyNotThere(call, name)
      : replyRefusal(session, target);
  }
  if (isTooLong(chat, user, name, lines ?? [{ text }])) return reply(session, "ERR_INPUTTOOLONG");
  return commit(
    { kind: "message", user: user.id, command, target, text, ...(lines && { lines }), ...(tags && { tags }) },
    session,
  );
}

/** "No such nick" would be wrong about somebody who has an account here. */
function replyNotThere({ chat, session, user: asker }: Call, nick: string): void {
  const folded = fold(nick);
  const found = chat.users.values().find((user) =>
    user.account !== undefined && fold(user.account) === folded && isVisible(user, asker)
  );
  const where = found === undefined ? "offline" : `online as ${found.nick}`;
  const sentence = `This user is ${where} and did not get your message`;
  session.answer(fromServer(session.chat, numerics.ERR_NOSUCHNICK[0], [session.nick, nick, sentence]));
}

/** Whether a line would be longer than LINELEN with the source of the sender. Such a line is refused, not cut. */
function isTooLong(chat: Chat, user: User, name: string, lines: readonly MessageLine[]): boolean {
  const { lineBytes } = chat.settings;
  const frame = `:${user.source} PRIVMSG ${name} :\r\n`;
  // A UTF-16 unit has three bytes at most, so nearly every line passes without counting bytes.
  return lines.some(({ text }) =>
    (frame.length + text.length) * 3 > lineBytes && utf8Bytes(frame) + utf8Bytes(text) > lineBytes
  );
}

function resolve({ chat, user }: Call, name: string, text: string): MessageTarget | Refusal {
  const start = name.indexOf("#");
  if (start === 0) return resolveChannel(chat, user, name, text);
  const atLeast = start > 0 ? lowestPrefix(name.slice(0, start)) : undefined;
  if (atLeast !== undefined) return resolveChannel(chat, user, name.slice(start), text, atLeast);
  const found = chat.find(name);
  if (found === undefined) return numericRefusal("ERR_NOSUCHNICK", name);
  return refusalToMessage(found, user) ?? { kind: "user", id: found.id, nick: found.nick };
}

function resolveChannel(
  chat: Chat,
  user: User,
  name: string,
  text: string,
  atLeast?: string,
): MessageTarget | Refusal {
  const channel = chat.channel(name);
  if (channel === undefined || isHidden(channel, user)) return numericRefusal("ERR_NOSUCHCHANNEL", name);
  const refusal = refusalToSpeak(channel, user, text);
  if (refusal !== undefined) return refusal;
  return { kind: "channel", name: channel.name, ...(atLeast !== undefined && { atLeast }) };
}
