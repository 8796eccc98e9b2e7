/**
 * ISUPPORT (005): the features of this server (server/render/isupport.ts); on request also before registration is
 * complete (draft/extended-isupport).
 */
import { lastResult } from "../../irc/last_result.ts";
import { numerics } from "../../irc/numerics.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { plainTextBytes } from "../../irc/plain_lines.ts";
import { packWords } from "../../irc/wrap.ts";
import type { Chat } from "../chat/chat.ts";
import { refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { CommandTable, EarlyCall } from "../hub/command.ts";
import { isupportTokens } from "../render/isupport.ts";
import { type NumericRow, replyAll } from "../render/reply.ts";
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
  const space = plainTextBytes(chat.settings.name, code, [session.nick]) - utf8Bytes(`${words} `);
  const rows = packTokens(`${space} ${wanted.join(" ")}`);
  if (!session.has("batch") || !session.has("draft/extended-isupport")) return replyAll(session, rows);
  const batch = chat.newReference();
  session.answer(fromServer(chat, "BATCH", [`+${batch}`, "draft/isupport"]));
  for (const [, ...tokens] of rows) {
    session.answer(fromServer(chat, code, [session.nick, ...tokens, words], { batch }));
  }
  session.answer(fromServer(chat, "BATCH", [`-${batch}`]));
}

/**
 * The tokens as lines; a token that was cut would have another meaning. The text is the space of a line, then the tokens:
 * in a storm of newcomers most have the same.
 */
const packTokens = lastResult((text): readonly NumericRow[] => {
  const [number, ...wanted] = text.split(" ");
  const space = Number(number);
  const tokens = wanted.filter((token) => utf8Bytes(token) <= space);
  const rows: NumericRow[] = [];
  for (let at = 0; at < tokens.length; at += perLine) {
    for (const line of packWords(tokens.slice(at, at + perLine), space)) {
      rows.push(["RPL_ISUPPORT", ...line.split(" ")]);
    }
  }
  return rows;
});
