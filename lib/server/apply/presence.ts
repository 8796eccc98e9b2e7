/**
 * Apply, for presence: users arrive, get and lose sessions, change their nick, and end. Every end of a user uses this
 * file: the end of its last session, a kill, a ban, a lost machine.
 */
import { fold } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Deliverable } from "../chat/delivery.ts";
import { sideOf } from "../chat/history_access.ts";
import { holderOf } from "../chat/nick_holder.ts";
import { isSilent } from "../chat/permission.ts";
import { isOwnReason, quitReason } from "../chat/quit_reason.ts";
import { numericRefusal, type Refusal } from "../chat/refusal.ts";
import { type Device, type UserRecord, UserState } from "../chat/user.ts";
import { fromUser } from "../render/sender.ts";
import { tellNewLogin } from "../render/devices.ts";
import { awayOf, changeAway } from "./away.ts";
import { banWith, closeIfBanned, refuseBanned } from "./banned.ts";
import type { EventOf } from "./event.ts";
import { removeMember } from "./membership.ts";
import { notifyOffline, notifyOnline, sendToPeers } from "./notices.ts";
import { saveEvent } from "./saving.ts";

/** A user arrives with its first session, or is refused. */
export function arrive(chat: ChatState, event: EventOf<"arrived">, stamp: number): Refusal | undefined {
  const { nick, account } = event.user;
  const ban = chat.serverBans.match(event.user, stampMs(stamp));
  if (ban !== undefined) return refuseBanned(chat.sessions.get(event.session), ban);
  if (holderOf(chat, nick, account) !== undefined || !canArrive(chat, nick, event.user)) {
    return numericRefusal("ERR_NICKNAMEINUSE", nick);
  }
  const user = new UserState(event.user, stamp, stampMs(stamp), chat.hasRole);
  user.spokeAt = chat.clock.monotonic();
  if (account !== undefined) { for (const letter of modesOfAccount(chat, account)) user.addMode(letter); }
  chat.users.set(user.id, user);
  chat.nicks.set(user.folded, user);
  if (account !== undefined) chat.store?.conversations.rename(sideOf(user));
  chat.mostUsers = Math.max(chat.mostUsers, chat.users.size);
  const { address, secure, client = "", away = "" } = event.user;
  const device = { address, secure, client, since: stamp, away: awayOf(away, stamp) };
  if (account !== undefined) announceLogin(chat, account, event.session, device);
  addSession(chat, user, event.session, device);
  notifyOnline(chat, user);
}

/** A further session joins a user, or is refused. */
export function attach(chat: ChatState, event: EventOf<"attached">, stamp: number): Refusal | undefined {
  const user = chat.users.get(event.user);
  const isValid = event.account === undefined || isLoginValid(chat, event.account, event.epoch);
  if (user === undefined || user.account !== event.account || !isValid) {
    return numericRefusal("ERR_NICKNAMEINUSE", user?.nick ?? "*");
  }
  const { address, secure, client = "" } = event;
  // A reconnect does not end the AWAY of the lost session; only an AWAY of the new session does.
  const lost = user.lingering?.device.away;
  const away = event.away === undefined && lost?.text !== "*" ? lost : awayOf(event.away ?? "", stamp);
  const device = { address, secure, client, since: stamp, away };
  if (!user.isReturning(device, stampMs(stamp))) {
    tellNewLogin(user, event.session, device);
    if (event.account !== undefined) announceLogin(chat, event.account, event.session, device, user);
  }
  changeAway(chat, user, { stamp }, () => addSession(chat, user, event.session, device));
  for (const channel of user.channels.keys()) channel.forgetSessions();
  const session = chat.sessions.get(event.session);
  if (session !== undefined) closeIfBanned(chat, session, stampMs(stamp));
}

/**
 * Tells the other users of an account that this device logged in; not if it only reconnects. They have other nicks than
 * `own`, the user of the device.
 */
export function announceLogin(
  chat: ChatState,
  account: string,
  id: string,
  device: Device,
  own?: UserState,
): void {
  const nowMs = stampMs(device.since);
  const users = chat.usersOf(account).filter((user) => user !== own);
  const isReturning = users.some((user) => user.isReturning(device, nowMs));
  for (const user of users) {
    if (!isReturning) tellNewLogin(user, id, device);
    user.rememberDevice(device, nowMs);
  }
}

/** Ends a lingering user. The event is void if the user came back after it was committed, and was lost again. */
export function endLingering(chat: ChatState, event: EventOf<"given up">, stamp: number): undefined {
  const user = chat.users.get(event.user);
  if (user?.lingering?.since === event.since) removeUser(chat, user, user.lingering.reason, stamp);
}

function addSession(chat: ChatState, user: UserState, id: string, device: Device): void {
  user.lingering = undefined;
  user.devices.set(id, device);
  const session = chat.sessions.get(id);
  if (session === undefined) return;
  user.sessions.push(session);
  session.user = user;
  if (session.registration !== undefined) chat.unregistered--;
  session.registration = undefined;
}

/** A session leaves its user, which ends with its last session unless it lingers. */
export function detach(chat: ChatState, event: EventOf<"detached">, stamp: number): undefined {
  const user = chat.users.get(event.user);
  const device = user?.devices.get(event.session);
  if (user === undefined || device === undefined) return;
  const session = user.sessions.find(({ id }) => id === event.session);
  if (session !== undefined) {
    user.sessions.splice(user.sessions.indexOf(session), 1);
    for (const channel of user.channels.keys()) channel.dropSession(session);
  }
  const { reason, lingerMs } = event;
  if (user.devices.size === 1 && lingerMs === undefined) return removeUser(chat, user, reason, stamp);
  changeAway(chat, user, { stamp }, () => {
    user.removeDevice(event.session, stampMs(stamp));
    if (user.devices.size > 0 || lingerMs === undefined) return;
    user.lingering = { since: stamp, forMs: lingerMs, reason, device };
  });
}

/** Removes a user from the chat; users that share a channel see it quit. */
export function removeUser(chat: ChatState, user: UserState, reason: string, stamp: number): undefined {
  const outgoing = fromUser(user, "QUIT", [reason], stamp);
  const silent = isOwnReason(reason) ? fromUser(user, "QUIT", [quitReason("")], stamp) : outgoing;
  for (const channel of user.channels.keys()) {
    saveEvent(chat, [channel], isSilent(channel, user) ? silent : outgoing, stamp);
  }
  sendToPeers(chat, user, outgoing, { silent });
  chat.whowas.add(user, stampMs(stamp));
  for (const channel of [...user.channels.keys()]) removeMember(chat, channel, user, stamp);
  chat.nicks.delete(user.folded);
  chat.users.delete(user.id);
  notifyOffline(chat, user.nick);
}

/** Gives a user another nick, or returns the refusal. */
export function rename(chat: ChatState, event: EventOf<"renamed">, stamp: number): Refusal | undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return;
  if (banWith(chat, user, { nick: event.nick }, stamp) !== undefined) {
    return numericRefusal("ERR_UNAVAILRESOURCE", event.nick, "Nick is unavailable: a server ban matches it");
  }
  if (
    holderOf(chat, event.nick, user.account, user) !== undefined ||
    !chat.accounts.canUse(event.nick, user.account)
  ) {
    return numericRefusal("ERR_NICKNAMEINUSE", event.nick);
  }
  renameUser(chat, user, event.nick, stamp);
}

/** Gives a user a nick that nobody has. */
export function renameUser(chat: ChatState, user: UserState, wanted: string, stamp: number): void {
  const outgoing = fromUser(user, "NICK", [wanted], stamp);
  const { nick, folded } = user;
  if (fold(wanted) !== folded) {
    chat.whowas.add(user, stampMs(stamp));
  }
  saveEvent(chat, user.channels.keys(), outgoing, stamp);
  chat.nicks.delete(folded);
  user.rename(wanted, stamp);
  chat.store?.conversations.rename(sideOf(user));
  chat.nicks.set(user.folded, user);
  sendToPeers(chat, user, outgoing);
  if (user.folded === folded) return;
  notifyOffline(chat, nick);
  notifyOnline(chat, user);
}

/**
 * Whether a user with this nick and account can arrive. Apply checks it again, because accounts can change after the
 * commit.
 */
function canArrive(
  chat: ChatState,
  nick: string,
  { account, epoch }: Pick<UserRecord, "account" | "epoch">,
): boolean {
  if (account === undefined) return chat.accounts.canUse(nick, undefined);
  return isLoginValid(chat, account, epoch) && chat.accounts.canUse(nick, account);
}

/** Whether a login still counts: the account exists, is not suspended, and its logins were not ended since then. */
export function isLoginValid({ accounts }: ChatState, account: string, epoch: number | undefined): boolean {
  const row = accounts.find(account);
  return row !== undefined && row.suspended === undefined && (epoch ?? row.epoch) === row.epoch;
}

/** The user modes that an account gives. */
function modesOfAccount(chat: ChatState, account: string): string {
  return chat.accounts.roleOf(account) === "" ? "r" : "or";
}

/** The end of a user: the reason that others see, a message for its own sessions, and the sentence that closes them. */
interface Ending {
  readonly quit: string;
  readonly outgoing?: Deliverable;
  /** @default {quit} */
  readonly error?: string;
}

/** Removes a user and closes its sessions on this machine. */
export function endUser(
  chat: ChatState,
  user: UserState,
  stamp: number,
  { quit, outgoing, error = quit }: Ending,
): void {
  const sessions = user.sessions.splice(0);
  for (const channel of user.channels.keys()) channel.forgetSessions();
  removeUser(chat, user, quit, stamp);
  for (const session of sessions) {
    // Without a user the end of a session is not an event.
    session.user = undefined;
    if (outgoing !== undefined) session.send(outgoing);
    session.close(error);
  }
}
