/**
 * Apply: the only place where what is shared changes, and where people are told. One function per kind of event; each
 * takes nothing but the hub's state, the event and its stamp, so machines that apply the same events stay alike.
 * An event that has become impossible since it was committed (its nick is taken by now) is answered, not applied.
 */
import { unshared } from "../../irc/message.ts";
import { applyAccountEvent, mayEnter, modesOf } from "./account.ts";
import { applyChannelEvent, removeMember } from "./channel.ts";
import { applyFileEvent } from "./file.ts";
import { applyMachineEvent } from "./machine.ts";
import { applyRedaction } from "./redaction.ts";
import { applyMessage } from "./message.ts";
import { applyOperatorEvent, endIfBanned } from "./operator.ts";
import { applyUserEvent, changeAway } from "./user.ts";
import type { Event } from "./event.ts";
import type { Hub } from "../hub/hub.ts";
import { applyMarker } from "./read_marker.ts";
import { revalidate } from "./revalidate.ts";
import { numericRefusal, type Refusal } from "../chat/refusal.ts";
import { banSentence, type ServerBan } from "../chat/server_ban.ts";
import type { Session } from "../chat/session.ts";
import { saveEvent } from "./saving.ts";
import { stampMs } from "../../irc/stamp.ts";
import { fold } from "../../irc/names.ts";
import { User } from "../chat/user.ts";

/** The event of one kind. */
export type EventOf<K extends Event["kind"]> = Extract<Event, { kind: K }>;

/** Changes the state as the event says and tells people. */
export function applyEvent(hub: Hub, event: Event, stamp: number): Refusal | undefined {
  const refusal = hub.machine === "" ? undefined : revalidate(hub, event);
  if (refusal !== undefined) return refusal;
  switch (event.kind) {
    case "message":
      return applyMessage(hub, event, stamp);
    case "arrived":
      return arrive(hub, event, stamp);
    case "attached":
      return attach(hub, event, stamp);
    case "detached":
      return detach(hub, event, stamp);
    case "given up": {
      const user = hub.users.get(event.user);
      return user?.lingering && removeUser(hub, user, user.lingering.reason, stamp);
    }
    case "renamed":
      return rename(hub, event, stamp);
    case "away set":
    case "real name set":
    case "host set":
    case "user modes set":
    case "accept set":
      return applyUserEvent(hub, event, stamp);
    case "marked":
      return applyMarker(hub, event);
    case "killed":
    case "wallops":
    case "server ban added":
    case "server ban removed":
      return applyOperatorEvent(hub, event, stamp);
    case "owner code made":
    case "account created":
    case "logged in":
    case "password set":
    case "account removed":
    case "account suspended":
    case "account restored":
    case "role set":
    case "channel kept":
    case "channel released":
      return applyAccountEvent(hub, event, stamp);
    case "redacted":
      return applyRedaction(hub, event, stamp);
    case "file added":
    case "files removed":
      return applyFileEvent(hub, event);
    case "machine joined":
    case "machine lost":
      return applyMachineEvent(hub, event, stamp);
    default:
      return applyChannelEvent(hub, event, stamp);
  }
}

function arrive(hub: Hub, event: EventOf<"arrived">, stamp: number): Refusal | undefined {
  const { nick, account } = event.user;
  const ban = hub.serverBans.match(event.user, stampMs(stamp));
  if (ban !== undefined) return refuseBanned(hub.sessions.get(event.session), ban);
  if (hub.nicks.has(fold(nick)) || !mayEnter(hub, nick, account)) {
    return numericRefusal("ERR_NICKNAMEINUSE", nick);
  }
  const user = new User(event.user, stamp, stampMs(stamp));
  if (account !== undefined) { for (const letter of modesOf(hub, account)) user.modes.add(letter); }
  hub.users.set(user.id, user);
  hub.nicks.set(user.folded, user);
  hub.mostUsers = Math.max(hub.mostUsers, hub.users.size);
  addSession(hub, user, event.session, event.user.away);
  hub.monitors.online(user);
}

/** Whether a mask keeps out whoever has this nick. */
function isBannedAs(hub: Hub, user: User, nick: string, stamp: number): boolean {
  const { username, host, address, account } = user;
  return hub.serverBans.match({ nick, username, host, address, account }, stampMs(stamp)) !== undefined;
}

function refuseBanned(session: Session | undefined, ban: ServerBan): undefined {
  session?.reply("ERR_YOUREBANNEDCREEP");
  session?.close(banSentence(ban));
}

function attach(hub: Hub, event: EventOf<"attached">, stamp: number): Refusal | undefined {
  const user = hub.users.get(event.user);
  if (user === undefined || user.account !== event.account) {
    return numericRefusal("ERR_NICKNAMEINUSE", user?.nick ?? "*");
  }
  changeAway(hub, user, stamp, () => addSession(hub, user, event.session, event.away));
  for (const channel of user.channels.keys()) channel.forgetSessions();
  const session = hub.sessions.get(event.session);
  if (session !== undefined) endIfBanned(hub, session, stampMs(stamp));
}

function addSession(hub: Hub, user: User, id: string, away: string | undefined): void {
  user.lingering = undefined;
  user.sessionIds.add(id);
  if (away === "*") user.absent.add(id);
  else if (away !== undefined) user.awayText = unshared(away);
  const session = hub.sessions.get(id);
  if (session === undefined) return;
  user.sessions.push(session);
  session.user = user;
  session.registration = undefined;
}

function detach(hub: Hub, event: EventOf<"detached">, stamp: number): undefined {
  const user = hub.users.get(event.user);
  if (user === undefined || !user.sessionIds.has(event.session)) return;
  const at = user.sessions.findIndex((session) => session.id === event.session);
  if (at >= 0) user.sessions.splice(at, 1);
  for (const channel of user.channels.keys()) channel.forgetSessions();
  const { reason, lingerMs } = event;
  if (user.sessionIds.size === 1 && lingerMs === undefined) return removeUser(hub, user, reason, stamp);
  changeAway(hub, user, stamp, () => {
    user.sessionIds.delete(event.session);
    user.absent.delete(event.session);
    if (user.sessionIds.size > 0 || lingerMs === undefined) return;
    user.lingering = { untilMs: stampMs(stamp) + lingerMs, reason };
  });
}

/** Takes a user out of everything; those who shared a channel see it quit. */
export function removeUser(hub: Hub, user: User, reason: string, stamp: number): undefined {
  const told = user.says("QUIT", [reason], stamp);
  saveEvent(hub, user.channels.keys(), told, stamp);
  hub.tellPeers(user, told);
  hub.whowas.add(user, stampMs(stamp));
  for (const channel of [...user.channels.keys()]) removeMember(hub, channel, user, stamp);
  hub.nicks.delete(user.folded);
  hub.users.delete(user.id);
  hub.monitors.offline(user.nick);
}

function rename(hub: Hub, event: EventOf<"renamed">, stamp: number): Refusal | undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  if (isBannedAs(hub, user, event.nick, stamp)) return numericRefusal("ERR_UNAVAILRESOURCE", event.nick);
  const holder = hub.find(event.nick);
  if ((holder !== undefined && holder !== user) || !hub.accounts.mayUse(event.nick, user.account)) {
    return numericRefusal("ERR_NICKNAMEINUSE", event.nick);
  }
  renameUser(hub, user, event.nick, stamp);
}

/** Gives a user a nick that nobody has. */
export function renameUser(hub: Hub, user: User, wanted: string, stamp: number): void {
  const told = user.says("NICK", [wanted], stamp);
  const { nick, folded } = user;
  if (fold(wanted) !== folded) {
    hub.whowas.add(user, stampMs(stamp));
    user.nickSince = stamp;
  }
  saveEvent(hub, user.channels.keys(), told, stamp);
  hub.nicks.delete(folded);
  user.rename(wanted);
  hub.nicks.set(user.folded, user);
  hub.tellPeers(user, told);
  if (user.folded === folded) return;
  hub.monitors.offline(nick);
  hub.monitors.online(user);
}
