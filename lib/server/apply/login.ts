/** Apply, for logins: a user gets the account that it proved, or becomes a guest. */
import type { ChatState } from "../chat/chat.ts";
import { banSentence } from "../chat/server_ban.ts";
import type { UserState } from "../chat/user.ts";
import { sendNumeric } from "../render/reply.ts";
import { fromUser } from "../render/sender.ts";
import type { EventOf } from "./event.ts";
import { adoptGuestHistory } from "./account_history.ts";
import { banWith } from "./banned.ts";
import { sendToPeers } from "./notices.ts";
import { giveOperator, reviewOperator } from "./operator_right.ts";
import { announceLogin, endUser, isLoginValid, renameUser } from "./presence.ts";
import { restoreRank, takeRank } from "./rank.ts";

/** Logs a user in to an account whose password it proved. */
export function logIn(
  chat: ChatState,
  { user: id, account, epoch }: EventOf<"logged in">,
  stamp: number,
): undefined {
  const user = chat.users.get(id);
  const row = chat.accounts.find(account);
  if (user === undefined || row === undefined || !isLoginValid(chat, row.name, epoch)) return;
  // Another session that joined meanwhile has not proved the password.
  if (user.devices.size > 1 && user.account !== row.name) return;
  if (!endIfBanned(chat, user, row.name, stamp)) changeAccount(chat, user, row.name, stamp);
}

/** Ends a user if a ban matches it with this account; returns whether it did. */
export function endIfBanned(chat: ChatState, user: UserState, account: string, stamp: number): boolean {
  const ban = banWith(chat, user, { account }, stamp);
  if (ban === undefined) return false;
  chat.logEntry("ban met", { address: user.address, account, ban: ban.target });
  endUser(chat, user, stamp, { quit: `Banned (${ban.reason})`, error: banSentence(ban) });
  return true;
}

/** Logs a user in to another account, or out; notifies its peers, and restores the ranks of the account. */
export function changeAccount(
  chat: ChatState,
  user: UserState,
  account: string | undefined,
  stamp: number,
): void {
  if (user.account === account) return;
  const wasGuest = user.account === undefined;
  for (const channel of user.channels.keys()) takeRank(chat, channel, user, stamp);
  user.account = account;
  if (wasGuest) adoptGuestHistory(chat, user);
  else if (account === undefined) user.becomeGuest(stamp);
  if (account === undefined) user.removeMode("r");
  else user.addMode("r");
  const outgoing = fromUser(user, "ACCOUNT", [account ?? "*"], stamp);
  sendToPeers(chat, user, outgoing, { self: false, monitors: true });
  // The session that asked gets another answer.
  for (const session of user.sessions) {
    if (session === chat.applyingFor) continue;
    session.send(outgoing);
    if (account === undefined) sendNumeric(session, "RPL_LOGGEDOUT", user.source);
  }
  if (account !== undefined) {
    for (const [id, device] of user.devices) {
      announceLogin(chat, account, id, { ...device, since: stamp }, user);
    }
  }
  reviewOperator(user, stamp);
  giveOperator(user, stamp);
  if (!chat.accounts.canUse(user.nick, account)) renameUser(chat, user, freeNick(chat, user, account), stamp);
  for (const channel of user.channels.keys()) restoreRank(chat, channel, user, stamp);
}

/** The name of the account if nobody has it as nick, else a neutral nick; the same on all machines. */
function freeNick(chat: ChatState, user: UserState, account: string | undefined): string {
  if (account !== undefined && chat.find(account) === undefined) return account;
  let nick = `Guest-${user.id}`;
  while (chat.find(nick) !== undefined || !chat.accounts.canUse(nick, account)) nick += "_";
  return nick;
}
