/** Apply, for accounts and kept channels: making, changing and removing them, logging in, ranks that come back. */
import { changeRank, rankLevel } from "../../irc/modes.ts";
import { fold } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { AccountRow, Role } from "../store/accounts.ts";
import type { AccountEvent } from "./account_event.ts";
import { renameUser } from "./apply.ts";
import { endUser, tellOperators } from "./operator.ts";
import type { Channel } from "../chat/channel.ts";
import type { Hub } from "../hub/hub.ts";
import {
  rankModes,
  registerChannel,
  registeredFlag,
  registeredRank,
  unregisterChannel,
} from "../chat/registered_channel.ts";
import { keepOwnerCode, useOwnerCode } from "../chat/owner_code.ts";
import type { Refusal } from "../chat/refusal.ts";
import { banSentence } from "../chat/server_ban.ts";
import type { User } from "../chat/user.ts";

type Of<K extends AccountEvent["kind"]> = Extract<AccountEvent, { kind: K }>;

/** Changes accounts and kept channels as the event says. */
export function applyAccountEvent(hub: Hub, event: AccountEvent, stamp: number): Refusal | undefined {
  switch (event.kind) {
    case "owner code made":
      return void keepOwnerCode(hub, event.digest, event.again);
    case "account created":
      return create(hub, event, stamp);
    case "logged in":
      return logIn(hub, event, stamp);
    case "password set":
      return setPassword(hub, event, stamp);
    case "account removed":
      return remove(hub, event.account, stamp);
    case "account suspended":
      return suspend(hub, event, stamp);
    case "account restored":
      return change(hub, event.account, { suspended: undefined }, `${event.by} restored`, stamp);
    case "role set":
      return setRole(hub, event, stamp);
    case "channel kept":
      return keepChannel(hub, event, stamp);
    case "channel released":
      return releaseChannel(hub, event, stamp);
    default:
      return event satisfies never;
  }
}

/** Whether a user's account is owner of this server. */
export function isOwner(hub: Hub, { account }: User): boolean {
  return roleOf(hub, account) === "owner";
}

/** Whether a user of this name and account may come in now; asked when it is applied, as much may have changed. */
export function mayEnter(hub: Hub, nick: string, account: string | undefined): boolean {
  if (account === undefined) return hub.accounts.mayUse(nick, undefined);
  const row = hub.accounts.find(account);
  return row !== undefined && row.suspended === undefined && hub.accounts.mayUse(nick, account);
}

/** The user modes an account brings. */
export function modesOf(hub: Hub, account: string): string {
  return hub.accounts.find(account)?.role ? "or" : "r";
}

function create(hub: Hub, event: Of<"account created">, stamp: number): Refusal | undefined {
  const { name, verifier, session: sessionId, user: userId } = event;
  const user = userId === undefined ? undefined : hub.users.get(userId);
  const holder = hub.find(name);
  if (hub.accounts.isTaken(name) || (holder !== undefined && holder !== user)) {
    return { refusal: "standard", params: ["REGISTER", "ACCOUNT_EXISTS", name, "Somebody has this name"] };
  }
  const row = { name, verifier, role: "", suspended: undefined, createdMs: stampMs(stamp) } as const;
  hub.store?.accounts.save(row);
  if (user !== undefined && !endBanned(hub, user, name, stamp)) become(hub, user, name, stamp);
  const session = sessionId === undefined ? undefined : hub.sessions.get(sessionId);
  if (session?.registration !== undefined) session.registration.account = name;
}

function logIn(hub: Hub, { user: id, account }: Of<"logged in">, stamp: number): undefined {
  const user = hub.users.get(id);
  const row = hub.accounts.find(account);
  if (user === undefined || row === undefined || row.suspended !== undefined) return;
  // Another device that came meanwhile has not proved to be of this account.
  if (user.sessionIds.size > 1 && user.account !== row.name) return;
  if (!endBanned(hub, user, row.name, stamp)) become(hub, user, row.name, stamp);
}

/** Takes a user out if a ban keeps off who is logged in to this account; says whether it did. */
function endBanned(hub: Hub, user: User, account: string, stamp: number): boolean {
  const { nick, username, host, address } = user;
  const ban = hub.serverBans.match({ nick, username, host, address, account }, stampMs(stamp));
  if (ban === undefined) return false;
  endUser(hub, user, stamp, { quit: `Banned (${ban.reason})`, error: banSentence(ban) });
  return true;
}

/** Logs a user in to another account, or out; whoever may know is told, and gets back what ranks the account has. */
function become(hub: Hub, user: User, account: string | undefined, stamp: number): void {
  if (user.account === account) return;
  const role = roleOf(hub, user.account);
  user.account = account;
  if (account === undefined) user.modes.delete("r");
  else user.modes.add("r");
  const told = user.says("ACCOUNT", [account ?? "*"], stamp);
  hub.tellPeers(user, told, { self: false, monitors: true });
  // Who asked for it is answered in another way.
  for (const session of user.sessions) if (session !== hub.applyingFor) session.tell(told);
  changeRole(user, role, roleOf(hub, account), stamp);
  if (!hub.accounts.mayUse(user.nick, account)) renameUser(hub, user, freeNick(hub, user, account), stamp);
  for (const channel of user.channels.keys()) giveRank(hub, channel, user, stamp);
}

function roleOf(hub: Hub, account: string | undefined): Role {
  return account === undefined ? "" : hub.accounts.find(account)?.role ?? "";
}

function changeRole(user: User, before: Role, role: Role, stamp: number): void {
  if (role !== "" && !user.modes.has("o")) {
    user.modes.add("o");
    user.tell(user.says("MODE", [user.nick, "+o"], stamp));
    for (const session of user.sessions) session.notify("RPL_YOUREOPER");
  } else if (role === "" && before !== "" && user.modes.delete("o")) {
    user.tell(user.says("MODE", [user.nick, "-o"], stamp));
  }
}

/** The account's own name, if nobody has it, else one that says nothing. The same on all machines. */
function freeNick(hub: Hub, user: User, account: string | undefined): string {
  if (account !== undefined && hub.find(account) === undefined) return account;
  let nick = `Guest-${user.id}`;
  while (hub.find(nick) !== undefined || !hub.accounts.mayUse(nick, account)) nick += "_";
  return nick;
}

/** Gives a member the rank its account has there, if that is more than it has. */
function giveRank(hub: Hub, channel: Channel, user: User, stamp: number): void {
  const member = channel.members.get(user);
  const prefixes = registeredRank(channel, user.account);
  if (member === undefined || rankLevel(prefixes) <= rankLevel(member.prefixes)) return;
  member.prefixes = rankModes(prefixes).reduce((all, rank) => changeRank(all, "+", rank), member.prefixes);
  tellRank(hub, channel, user, prefixes, stamp);
}

/** Tells a channel of ranks the server gave. */
export function tellRank(hub: Hub, channel: Channel, user: User, prefixes: string, stamp: number): void {
  const modes = rankModes(prefixes);
  if (modes.length === 0) return;
  const letters = `+${modes.map((mode) => mode.letter).join("")}`;
  channel.broadcast(
    hub.fromServer("MODE", [channel.name, letters, ...modes.map(() => user.nick)], { stamp }),
  );
}

function setPassword(hub: Hub, { account, verifier, by }: Of<"password set">, stamp: number): undefined {
  const row = hub.accounts.find(account);
  if (row === undefined) return;
  hub.store?.accounts.save({ ...row, verifier });
  if (by === undefined) return;
  tellOperators(hub, `${by} gave account "${row.name}" another password`, stamp);
  end(hub, row.name, `${by} gave your account another password`, stamp);
}

/** Disconnects everybody who is logged in to an account, or about to be. */
function end(hub: Hub, account: string, why: string, stamp: number): void {
  for (const user of usersOf(hub, account)) endUser(hub, user, stamp, { quit: "Disconnected", error: why });
  for (const session of [...hub.sessions.values()]) {
    if (session.registration?.account === account) session.close(why);
  }
}

function usersOf(hub: Hub, account: string): User[] {
  return [...hub.users.values()].filter((user) => user.account === account);
}

/** Its name stays taken, so that nobody is taken for who had it. Its messages go, and its channels are anybody's. */
function remove(hub: Hub, account: string, stamp: number): undefined {
  const row = hub.accounts.find(account);
  if (row === undefined) return;
  hub.store?.accounts.save({ ...row, verifier: "", role: "" });
  for (const channel of [...hub.channels.values()]) {
    if (channel.registration === undefined) continue;
    channel.registration.ranks.delete(fold(row.name));
    if (channel.registration.founder === row.name) dropFounder(hub, channel, undefined, stamp);
  }
  for (const user of usersOf(hub, row.name)) {
    if (user.lingering === undefined) become(hub, user, undefined, stamp);
    else endUser(hub, user, stamp, { quit: user.lingering.reason });
  }
  for (const { registration } of hub.sessions.values()) {
    if (registration?.account === row.name) registration.account = undefined;
  }
  hub.store?.eraser.forget(fold(row.name), stamp);
  hub.store?.markers.remove(fold(row.name));
  hub.log("info", `Account "${row.name}" is removed`);
}

function suspend(hub: Hub, { account, by, reason }: Of<"account suspended">, stamp: number): undefined {
  change(hub, account, { suspended: reason }, `${by} suspended`, stamp);
  const row = hub.accounts.find(account);
  if (row !== undefined) end(hub, row.name, `Your account is suspended: ${reason}`, stamp);
}

function change(
  hub: Hub,
  account: string,
  changes: Partial<AccountRow>,
  did: string,
  stamp: number,
): undefined {
  const row = hub.accounts.find(account);
  if (row === undefined) return;
  hub.store?.accounts.save({ ...row, ...changes });
  tellOperators(hub, `${did} account "${row.name}"`, stamp);
}

function setRole(hub: Hub, { account, role, by, digest }: Of<"role set">, stamp: number): undefined {
  const row = hub.accounts.find(account);
  if (row === undefined || (digest !== undefined && !useOwnerCode(hub, digest))) return;
  hub.store?.accounts.save({ ...row, role });
  for (const user of usersOf(hub, row.name)) changeRole(user, row.role, role, stamp);
  tellOperators(hub, `${by} made account "${row.name}" ${role === "" ? "like any other" : role}`, stamp);
}

function keepChannel(
  hub: Hub,
  { channel: name, founder, user }: Of<"channel kept">,
  stamp: number,
): undefined {
  const channel = hub.channel(name);
  if (channel === undefined || hub.accounts.find(founder) === undefined) return;
  const isNew = channel.registration === undefined;
  registerChannel(hub, channel, founder, stampMs(stamp));
  if (isNew) tellFlag(hub, channel, "+", user, stamp);
  for (const member of channel.members.keys()) giveRank(hub, channel, member, stamp);
}

function releaseChannel(hub: Hub, { channel: name, user }: Of<"channel released">, stamp: number): undefined {
  const channel = hub.channel(name);
  if (channel?.registration !== undefined) dropFounder(hub, channel, user, stamp);
}

function dropFounder(hub: Hub, channel: Channel, user: string | undefined, stamp: number): void {
  unregisterChannel(hub, channel);
  tellFlag(hub, channel, "-", user, stamp);
}

function tellFlag(hub: Hub, channel: Channel, sign: "+" | "-", by: string | undefined, stamp: number): void {
  const params = [channel.name, sign + registeredFlag];
  const user = by === undefined ? undefined : hub.users.get(by);
  channel.broadcast(user?.says("MODE", params, stamp) ?? hub.fromServer("MODE", params, { stamp }));
}
