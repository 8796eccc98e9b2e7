/** The refusal of a nick that is in use or belongs to an account, or looks like one. The command NICK is in nick.ts. */
import { fold } from "../../irc/names.ts";
import { numerics } from "../../irc/numerics.ts";
import type { Chat } from "../chat/chat.ts";
import { holderOf } from "../chat/nick_holder.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
import { likenessTo } from "../names/look_alikes.ts";
import { fromServer } from "../render/sender.ts";
import { accountOf } from "./login.ts";

/** The reason why a session cannot use a nick, and whether the session could use it after a login. */
export interface NickRefusal {
  readonly sentence: string;
  readonly loginCanHelp: boolean;
}

/** The reason why a session cannot use this nick; undefined if it can. */
export function nickRefusal(chat: Chat, session: Session, nick: string): NickRefusal | undefined {
  const { user } = session;
  const account = accountOf(session);
  if (!chat.accounts.canUse(nick, account)) {
    return {
      sentence: accountSentence(chat, nick, account),
      loginCanHelp: !chat.accounts.isOfDeleted(nick),
    };
  }
  const holder = holderOf(chat, nick, account, user);
  if (holder === undefined) return undefined;
  if (fold(nick) !== holder.folded) {
    return {
      sentence: alikeSentence(nick, holder.nick),
      loginCanHelp: false,
    };
  }
  if (user !== undefined && isOwnDisconnected(holder, account)) return undefined;
  // Another device of the same account joins the online user.
  if (user === undefined && account !== undefined && holder.account === account) return undefined;
  return { sentence: "Nickname is already in use", loginCanHelp: holder.account !== undefined };
}

/** Why the accounts of this server keep a nick from a session that is logged in to `account`, or to none. */
function accountSentence(chat: Chat, nick: string, account: string | undefined): string {
  if (chat.accounts.find(nick) !== undefined) return "This nick belongs to an account; log in to use it";
  if (chat.accounts.isReserved(nick)) return "Nickname is already in use: it is reserved for a service";
  if (chat.accounts.isOfDeleted(nick)) {
    return "Nickname is already in use: it belonged to an account that was deleted";
  }
  const { name = "" } = chat.accounts.findAlike(nick, account) ?? {};
  return alikeSentence(nick, name, "the account ");
}

/** Refuses a nick that people or apps take for another name. */
function alikeSentence(nick: string, other: string, kind = ""): string {
  return `Nickname is already in use: ${likenessTo(nick, other, kind + other)}`;
}

/** Answers that a session cannot use a nick. */
export function refuseNick(session: Session, nick: string, { sentence }: NickRefusal): void {
  session.answer(fromServer(session.chat, numerics.ERR_NICKNAMEINUSE[0], [session.nick, nick, sentence]));
}

/** Whether the user belongs to this account and has no connection any more. */
export function isOwnDisconnected(holder: User, account: string | undefined): boolean {
  return holder.lingering !== undefined && account !== undefined && holder.account === account;
}
