/** The refusal of a nick that is in use or belongs to an account. The command NICK is in nick.ts. */
import { numerics } from "../../irc/numerics.ts";
import type { Chat } from "../chat/chat.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
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
  const holder = chat.find(nick);
  if (!chat.accounts.canUse(nick, account)) {
    return { sentence: "This nick belongs to an account; log in to use it", loginCanHelp: true };
  }
  if (holder === undefined || holder === user) return undefined;
  if (user !== undefined && isOwnDisconnected(holder, account)) return undefined;
  // Another device of the same account joins the online user.
  if (user === undefined && account !== undefined && holder.account === account) return undefined;
  return { sentence: "Nickname is already in use", loginCanHelp: holder.account !== undefined };
}

/** Answers that a session cannot use a nick. */
export function refuseNick(session: Session, nick: string, { sentence }: NickRefusal): void {
  session.answer(fromServer(session.chat, numerics.ERR_NICKNAMEINUSE[0], [session.nick, nick, sentence]));
}

/** Whether the user belongs to this account and has no connection any more. */
export function isOwnDisconnected(holder: User, account: string | undefined): boolean {
  return holder.lingering !== undefined && account !== undefined && holder.account === account;
}
