/** Apply, for accounts and registered channels: create, change and remove them, log in, restore ranks. */
import { fold } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import { afterReset, withAct } from "../chat/account_acts.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Refusal } from "../chat/refusal.ts";
import { banSentence } from "../chat/server_ban.ts";
import type { UserState } from "../chat/user.ts";
import { notifyOperators } from "../render/operator_notice.ts";
import { sendNumeric } from "../render/reply.ts";
import { fromUser } from "../render/sender.ts";
import type { AccountRow } from "../store/accounts.ts";
import type { AccountEvent } from "./account_event.ts";
import { type ActRecord, recordAct } from "./audit.ts";
import { adoptGuestHistory, announceErasure } from "./account_history.ts";
import { sendToPeers } from "./notices.ts";
import { giveOperator, reviewOperator } from "./operator_right.ts";
import { saveOwnerCode, useOwnerCode } from "./owner_code.ts";
import { endUser, isLoginValid, renameUser } from "./presence.ts";
import { takeRank } from "./rank.ts";
import { dropFounder, register, restoreRank, unregister } from "./registration.ts";
import { endLogins, usersOf } from "./sessions.ts";

type AccountEventOf<K extends AccountEvent["kind"]> = Extract<AccountEvent, { kind: K }>;

/** Changes accounts and registered channels as the event says. */
export function applyAccountEvent(chat: ChatState, event: AccountEvent, stamp: number): Refusal | undefined {
  switch (event.kind) {
    case "owner code made":
      return void saveOwnerCode(chat, event.digest, event.again);
    case "account created":
      return create(chat, event, stamp);
    case "logged in":
      return logIn(chat, event, stamp);
    case "password set":
      return setPassword(chat, event, stamp);
    case "account removed":
      return remove(chat, event, stamp);
    case "account suspended":
      return suspend(chat, event, stamp);
    case "account restored":
      return change(chat, event.account, { suspended: undefined }, { act: "RESTORE", by: event.by }, stamp);
    case "role set":
      return setRole(chat, event, stamp);
    case "channel kept":
      return register(chat, event, stamp);
    case "channel released":
      return unregister(chat, event, stamp);
    default:
      return event satisfies never;
  }
}

function create(
  chat: ChatState,
  event: AccountEventOf<"account created">,
  stamp: number,
): Refusal | undefined {
  const { name, verifier, session: sessionId, user: userId, by } = event;
  const user = userId === undefined ? undefined : chat.users.get(userId);
  const isHeld = [chat.find(name), ...chat.findAlike(name)].some((one) => one !== undefined && one !== user);
  if (chat.accounts.isTaken(name) || isHeld) {
    return { refusal: "standard", params: ["REGISTER", "ACCOUNT_EXISTS", name, "This name is taken"] };
  }
  const createdMs = stampMs(stamp);
  const row: AccountRow = { name, verifier, role: "", suspended: undefined, createdMs, epoch: stamp };
  chat.store?.accounts.save(
    by === undefined
      ? row
      : withAct(row, { ms: createdMs, by, did: "created your account", knowsPassword: true }),
  );
  if (by !== undefined) recordAct(chat, { act: "CREATE", by, target: name }, stamp);
  if (user !== undefined && !endIfBanned(chat, user, name, stamp)) changeAccount(chat, user, name, stamp);
  const session = sessionId === undefined ? undefined : chat.sessions.get(sessionId);
  if (session?.registration === undefined) return;
  session.registration.account = name;
  session.registration.epoch = stamp;
}

function logIn(
  chat: ChatState,
  { user: id, account, epoch }: AccountEventOf<"logged in">,
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
function endIfBanned(chat: ChatState, user: UserState, account: string, stamp: number): boolean {
  const { nick, username, host, address } = user;
  const ban = chat.serverBans.match({ nick, username, host, address, account }, stampMs(stamp));
  if (ban === undefined) return false;
  endUser(chat, user, stamp, { quit: `Banned (${ban.reason})`, error: banSentence(ban) });
  return true;
}

/** Logs a user in to another account, or out; notifies its peers, and restores the ranks of the account. */
function changeAccount(chat: ChatState, user: UserState, account: string | undefined, stamp: number): void {
  if (user.account === account) return;
  const wasGuest = user.account === undefined;
  for (const channel of user.channels.keys()) takeRank(chat, channel, user, stamp);
  user.account = account;
  if (wasGuest) adoptGuestHistory(chat, user);
  else if (account === undefined) user.becomeGuest(stamp);
  if (account === undefined) user.modes.delete("r");
  else user.modes.add("r");
  const outgoing = fromUser(user, "ACCOUNT", [account ?? "*"], stamp);
  sendToPeers(chat, user, outgoing, { self: false, monitors: true });
  // The session that asked gets another answer.
  for (const session of user.sessions) {
    if (session === chat.applyingFor) continue;
    session.send(outgoing);
    if (account === undefined) sendNumeric(session, "RPL_LOGGEDOUT", user.source);
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

function setPassword(
  chat: ChatState,
  { account, verifier, by, session, replaces }: AccountEventOf<"password set">,
  stamp: number,
): Refusal | undefined {
  const row = chat.accounts.find(account);
  if (row === undefined || (replaces !== undefined && row.verifier !== replaces)) return;
  if (replaces !== undefined) {
    chat.store?.accounts.save({ ...row, verifier });
    return void chat.accounts.noteRenewal(replaces, verifier);
  }
  if (session !== undefined && !isLoggedIn(chat, session, row.name)) return loginEnded(row.name);
  chat.accounts.forgetFamiliar(row.name);
  if (by === undefined) {
    const { acts, ...others } = row;
    const known = acts?.filter(({ knowsPassword }) => !knowsPassword) ?? [];
    chat.store?.accounts.save({
      ...others,
      verifier,
      epoch: stamp,
      ...(known.length > 0 && { acts: known }),
    });
    const sentence = "The password of your account was changed on another device; log in with the new one";
    return void endLogins(chat, row.name, { sentence, keep: session }, stamp);
  }
  chat.store?.accounts.save(afterReset({ ...row, verifier }, row.verifier, by, stamp));
  recordAct(chat, { act: "RESET", by, target: row.name }, stamp);
  notifyOperators(chat, `${by} reset the password of account "${row.name}"`, stamp);
  endLogins(chat, row.name, { sentence: `${by} reset the password of your account` }, stamp);
}

/** Whether a session, on any machine, is logged in to an account. */
function isLoggedIn(chat: ChatState, session: string, account: string): boolean {
  return usersOf(chat, account).some(({ devices }) => devices.has(session));
}

function loginEnded(account: string): Refusal {
  const sentence = "Your login ended meanwhile, because the password was changed";
  return { refusal: "standard", params: ["ACCOUNT", "LOGIN_ENDED", account, sentence] };
}

/**
 * Removes an account with its messages; its channels lose their founder. Its name stays taken, so that nobody can
 * impersonate its owner.
 */
function remove(
  chat: ChatState,
  { account, session }: AccountEventOf<"account removed">,
  stamp: number,
): Refusal | undefined {
  const row = chat.accounts.find(account);
  if (row === undefined) return;
  if (session !== undefined && !isLoggedIn(chat, session, row.name)) return loginEnded(row.name);
  for (const user of usersOf(chat, row.name)) announceErasure(chat, user, row.name, stamp);
  if (row.role !== "") {
    recordAct(chat, {
      act: "ACCOUNT_DELETED",
      by: nickOf(chat, row.name),
      target: row.name,
      reason: row.role,
    }, stamp);
  }
  const { name, createdMs } = row;
  chat.store?.accounts.save({ name, createdMs, verifier: "", role: "", suspended: undefined, epoch: stamp });
  endLogins(chat, row.name, { sentence: "Your account was deleted", keep: session }, stamp);
  for (const user of usersOf(chat, row.name)) changeAccount(chat, user, undefined, stamp);
  for (const channel of [...chat.channels.values()]) {
    if (channel.registration === undefined) continue;
    channel.registration.ranks.delete(fold(row.name));
    if (channel.registration.founder === row.name) dropFounder(chat, channel, undefined, stamp);
  }
  chat.store?.eraser.scheduleErasure(fold(row.name), stamp);
  chat.store?.markers.remove(fold(row.name));
  for (const { id } of chat.store?.files.ofOwner(row.name) ?? []) chat.store?.files.remove(id);
  chat.log("info", `Account "${row.name}" was removed`);
}

function suspend(
  chat: ChatState,
  { account, by, reason }: AccountEventOf<"account suspended">,
  stamp: number,
): undefined {
  change(chat, account, { suspended: reason, epoch: stamp }, { act: "SUSPEND", by, reason }, stamp);
  const row = chat.accounts.find(account);
  if (row !== undefined) {
    endLogins(chat, row.name, { sentence: `Your account is suspended: ${reason}` }, stamp);
  }
}

function change(
  chat: ChatState,
  account: string,
  changes: Partial<AccountRow>,
  record: ActRecord & { readonly act: "SUSPEND" | "RESTORE" },
  stamp: number,
): undefined {
  const row = chat.accounts.find(account);
  if (row === undefined) return;
  const did = record.act === "SUSPEND" ? "suspended" : "restored";
  const act = { ms: stampMs(stamp), by: record.by, did: `${did} your account` };
  chat.store?.accounts.save(withAct({ ...row, ...changes }, act));
  recordAct(chat, { ...record, target: row.name }, stamp);
  notifyOperators(chat, `${record.by} ${did} account "${row.name}"`, stamp);
}

function setRole(
  chat: ChatState,
  { account, role, by, digest }: AccountEventOf<"role set">,
  stamp: number,
): undefined {
  const row = chat.accounts.find(account);
  if (row === undefined || (digest !== undefined && !useOwnerCode(chat, digest))) return;
  recordAct(
    chat,
    digest === undefined
      ? { act: "ROLE", by, target: row.name, reason: role || "none" }
      : { act: "OWNER", by, target: row.name },
    stamp,
  );
  const did = role === "" ? "took the role from your account" : `made your account ${role}`;
  const act = { ms: stampMs(stamp), by, did };
  chat.store?.accounts.save(digest === undefined ? withAct({ ...row, role }, act) : { ...row, role });
  for (const user of usersOf(chat, row.name)) {
    reviewOperator(user, stamp);
    giveOperator(user, stamp);
  }
  const action = role === ""
    ? `removed the role of account "${row.name}"`
    : `made account "${row.name}" ${role}`;
  notifyOperators(chat, `${by} ${action}`, stamp);
}

function nickOf(chat: ChatState, account: string): string {
  return usersOf(chat, account)[0]?.nick ?? account;
}
