/**
 * Apply, for what operators do to accounts: new passwords, suspensions, roles. Each act is in the row of the account, so
 * that the person is told. The person's own change of the password is here too.
 */
import { parseBan } from "../../irc/ban.ts";
import { fold } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import { afterReset, isPasswordKnown, refusalToOpen, withAct } from "../chat/account_acts.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Refusal } from "../chat/refusal.ts";
import { sendActs } from "../render/account_acts.ts";
import { notifyOperators, tellOperators } from "../render/operator_notice.ts";
import type { AccountRow } from "../store/accounts.ts";
import type { EventOf } from "./event.ts";
import { type ActRecord, recordAct } from "./audit.ts";
import { giveOperator, reviewOperator } from "./operator_right.ts";
import { useOwnerCode } from "./owner_code.ts";
import { saveRegistered } from "./registered_channel.ts";
import { endLogins } from "./sessions.ts";

/** Sets a password; all other logins of the account end, and its client certificates log in no more. */
export function setPassword(
  chat: ChatState,
  { account, verifier, by, session, replaces }: EventOf<"password set">,
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
    chat.logEntry("password changed", { account: row.name });
    const { acts, certificates: _, ...others } = row;
    const known = acts?.filter(({ knowsPassword }) => !knowsPassword) ?? [];
    chat.store?.accounts.save({
      ...others,
      verifier,
      epoch: stamp,
      ...(known.length > 0 && { acts: known }),
    });
    const sentence =
      "Logged out: the password of your account was changed on another device; log in with the new one";
    return void endLogins(chat, row.name, { sentence, keep: session }, stamp);
  }
  chat.store?.accounts.save(afterReset({ ...row, verifier, certificates: [] }, row.verifier, by, stamp));
  recordAct(chat, { act: "RESET", by, target: row.name }, stamp);
  tellOperators(chat, `${by} reset the password of account "${row.name}"`, stamp);
  endLogins(chat, row.name, {
    sentence: `Logged out: the operator ${by} set a new password for your account`,
  }, stamp);
}

/** Whether a session, on any machine, is logged in to an account. */
export function isLoggedIn(chat: ChatState, session: string, account: string): boolean {
  return chat.usersOf(account).some(({ devices }) => devices.has(session));
}

/** The refusal for a session whose login ended while its command was carried out. */
export function loginEnded(account: string): Refusal {
  const sentence = "Your login ended meanwhile, because the password was changed";
  return { refusal: "standard", params: ["ACCOUNT", "LOGIN_ENDED", account, sentence] };
}

/** Suspends an account: nobody can log in to it. */
export function suspend(
  chat: ChatState,
  { account, by, reason }: EventOf<"account suspended">,
  stamp: number,
): undefined {
  change(chat, account, { suspended: reason, epoch: stamp }, { act: "SUSPEND", by, reason }, stamp);
  const row = chat.accounts.find(account);
  if (row !== undefined) {
    endLogins(chat, row.name, { sentence: `Your account is suspended: ${reason}` }, stamp);
  }
}

/**
 * Frees the name of a deleted account: others can use it as nick and for an account. What people said to its former owner
 * stays closed, and what channels allowed to that account ends.
 */
export function freeName(
  chat: ChatState,
  { account, by }: EventOf<"name freed">,
  stamp: number,
): undefined {
  const row = chat.accounts.findDeleted(account);
  if (row === undefined) return;
  chat.store?.accounts.save({ ...row, closures: [{ until: stamp, verifier: "", by }] });
  for (const channel of chat.channels.values()) dropExceptions(chat, channel, row.name);
  recordAct(chat, { act: "FREE", by, target: row.name }, stamp);
  notifyOperators(chat, `${by} freed the name "${row.name}" of a deleted account`, stamp);
}

function dropExceptions(chat: ChatState, channel: ChannelState, account: string): void {
  for (const letter of ["e", "I"]) {
    for (const { mask } of channel.lists.get(letter) ?? []) {
      const ban = parseBan(mask);
      if (ban.by === "account" && fold(ban.mask) === fold(account)) channel.removeEntry(letter, mask);
    }
  }
  saveRegistered(chat, channel);
}

/**
 * Opens closed history, and tells the person if the owner did it. While an operator knows the password, that operator
 * would read it too.
 */
export function openHistory(
  chat: ChatState,
  { account, from, by, reason = "" }: EventOf<"history opened">,
  stamp: number,
): Refusal | undefined {
  const row = chat.accounts.find(account);
  if (row === undefined) return;
  if (isPasswordKnown(row)) return refusalToOpen(row.name, by === undefined);
  // Nobody opens the history of the person who had the name before: it has no verifier.
  const closures = row.closures?.filter(({ until, verifier }) => until < from || verifier === "") ?? [];
  const { closures: _, ...others } = row;
  const opened = closures.length === 0 ? others : { ...others, closures };
  if (by === undefined) return void chat.store?.accounts.save(opened);
  const act = { ms: stampMs(stamp), by, did: `opened the older history of your account: ${reason}` };
  chat.store?.accounts.save(withAct(opened, act));
  recordAct(chat, { act: "OPEN", by, target: row.name, reason }, stamp);
  tellOperators(chat, `${by} opened the older history of account "${row.name}": ${reason}`, stamp);
  for (const user of chat.usersOf(row.name)) {
    for (const session of user.sessions) sendActs(session, [act]);
  }
}

/** Saves a change of an account by an operator. */
export function change(
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
  tellOperators(chat, `${record.by} ${did} account "${row.name}"`, stamp);
}

/** Gives an account a role, or takes it. */
export function setRole(
  chat: ChatState,
  { account, role, by, digest }: EventOf<"role set">,
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
  for (const user of chat.usersOf(row.name)) {
    reviewOperator(user, stamp);
    giveOperator(user, stamp);
  }
  const action = role === ""
    ? `removed the role of account "${row.name}"`
    : `made account "${row.name}" ${role}`;
  tellOperators(chat, `${by} ${action}`, stamp);
}
