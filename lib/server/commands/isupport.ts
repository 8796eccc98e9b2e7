/**
 * ISUPPORT (005): the features of this server (server/render/isupport.ts); on request also before registration is
 * complete (draft/extended-isupport).
 */
import { numerics } from "../../irc/numerics.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { plainTextBytes } from "../../irc/plain_lines.ts";
import { packWords } from "../../irc/wrap.ts";
import type { Chat } from "../chat/chat.ts";
import { refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { CommandTable, EarlyCall } from "../hub/command.ts";
import { isupportTokens } from "../render/isupport.ts";
import { fromServer } from "../render/sender.ts";

/** The commands of this file. */
export const isupportCommands: CommandTable = {
  ISUPPORT: { early: true, usage: "", help: "Lists the features of this server as tokens", run: isupport },
};

/** Tokens per line, as the numeric allows. */
const perLine = 13;
const [code, words] = numerics.RPL_ISUPPORT;

function isupport({ chat, session }: EarlyCall): void {
  if (session.user === undefined && !session.has("draft/extended-isupport")) refuse("ERR_NOTREGISTERED");
  sendIsupport(chat, session);
}

/** All RPL_ISUPPORT lines, as a batch for clients that support it. */
export function sendIsupport(chat: Chat, session: Session): void {
  sendTokens(chat, session, isupportTokens(chat, session));
}

/** Runs a change of the session's capabilities; sends the tokens that are new with them, and "-NAME" for lost ones. */
export function sendChangedIsupport(session: Session, change: () => void): void {
  const { chat, user } = session;
  if (user === undefined) return change();
  const before = isupportTokens(chat, session);
  change();
  const after = isupportTokens(chat, session);
  const lost = before.filter((token) => !after.includes(token)).map((token) => `-${token.split("=", 1)[0]}`);
  sendTokens(chat, session, [...lost, ...after.filter((token) => !before.includes(token))]);
}

function sendTokens(chat: Chat, session: Session, wanted: readonly string[]): void {
  if (wanted.length === 0) return;
  const batch = session.has("batch") && session.has("draft/extended-isupport")
    ? chat.newReference()
    : undefined;
  if (batch !== undefined) session.answer(fromServer(chat, "BATCH", [`+${batch}`, "draft/isupport"]));
  const space = plainTextBytes(chat.settings.name, code, [session.nick]) - utf8Bytes(`${words} `);
  // A token that was cut would have another meaning.
  const tokens = wanted.filter((token) => utf8Bytes(token) <= space);
  for (let at = 0; at < tokens.length; at += perLine) {
    for (const line of packWords(tokens.slice(at, at + perLine), space)) {
      session.answer(fromServer(chat, code, [session.nick, ...line.split(" "), words], { batch }));
    }
  }
  if (batch !== undefined) session.answer(fromServer(chat, "BATCH", [`-${batch}`]));
}
