/** Apply, for what people change about themselves: away, real name, modes, host. */
import { unshared } from "../../irc/message.ts";
import { ranks } from "../../irc/modes.ts";
import { numerics } from "../../irc/numerics.ts";
import type { EventOf } from "./apply.ts";
import { tellOperators } from "./operator.ts";
import { joinMessage } from "./channel.ts";
import type { UserId } from "./event.ts";
import type { Hub } from "../hub/hub.ts";
import type { OutgoingLine } from "../render/outgoing.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";

type UserEvent = EventOf<"away set" | "real name set" | "host set" | "user modes set" | "accept set">;

/** Changes a user as the event says. */
export function applyUserEvent(hub: Hub, event: UserEvent, stamp: number): undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  switch (event.kind) {
    case "away set":
      return setAway(hub, user, event, stamp);
    case "real name set":
      user.realname = unshared(event.realname);
      hub.tellPeers(user, user.says("SETNAME", [event.realname], stamp), { monitors: true });
      return;
    case "host set":
      return setHost(hub, user, event.host, stamp);
    case "user modes set":
      return setModes(hub, user, event, stamp);
    case "accept set":
      if (event.accepted) accept(hub, user, event.target);
      else user.accepted.delete(event.target);
      return;
    default:
      return event satisfies never;
  }
}

function setAway(hub: Hub, user: User, event: EventOf<"away set">, stamp: number): undefined {
  const { session: asker, reason } = event;
  if (!user.sessionIds.has(asker)) return;
  changeAway(hub, user, stamp, () => {
    if (reason === "*") {
      user.absent.add(asker);
    } else {
      user.absent.delete(asker);
      user.awayText = reason === "" ? undefined : unshared(reason);
    }
  });
  hub.sessions.get(asker)?.reply(reason === "" ? "RPL_UNAWAY" : "RPL_NOWAWAY");
}

/** Does what may make a user away or bring it back, and tells its peers if it did. */
export function changeAway(hub: Hub, user: User, stamp: number, change: () => void): void {
  const before = user.away;
  change();
  if (user.away !== before) hub.tellPeers(user, awayMessage(user, stamp), { self: false, monitors: true });
}

/** AWAY as peers see it (away-notify); without a parameter it says that the user is back. */
export function awayMessage(user: User, stamp: number): OutgoingLine {
  return user.says("AWAY", user.away === undefined ? [] : [user.away], stamp);
}

function setModes(hub: Hub, user: User, event: EventOf<"user modes set">, stamp: number): undefined {
  const added = [...event.added].filter((letter) => !user.modes.has(letter));
  const removed = [...event.removed].filter((letter) => user.modes.has(letter));
  for (const letter of added) user.modes.add(letter);
  for (const letter of removed) user.modes.delete(letter);
  const told = (added.length > 0 ? `+${added.join("")}` : "") +
    (removed.length > 0 ? `-${removed.join("")}` : "");
  if (told !== "") user.tell(user.says("MODE", [user.nick, told], stamp));
  if (removed.includes("o")) hub.log("info", `${user.source} is no operator any more`);
  if (!added.includes("o") || event.operator === undefined) return;
  user.tell(hub.fromServer("381", [user.nick, numerics.RPL_YOUREOPER[1]], { stamp }));
  tellOperators(hub, `${user.source} is now operator "${event.operator}"`, stamp);
}

/** Lets `other` message a user who is +R; past the limit those who left are forgotten, then who was let in first. */
export function accept(hub: Hub, user: User, other: UserId): void {
  user.accepted.add(other);
  const { acceptLimit } = hub.settings;
  if (user.accepted.size <= acceptLimit) return;
  for (const id of user.accepted) if (!hub.users.has(id)) user.accepted.delete(id);
  for (const id of user.accepted) if (user.accepted.size > acceptLimit) user.accepted.delete(id);
}

/** Those who know CHGHOST are told so; for the others the user leaves and comes back under the new host. */
function setHost(hub: Hub, user: User, host: string, stamp: number): undefined {
  if (host === user.host) return;
  const changed = user.says("CHGHOST", [user.username, host], stamp);
  const quit = user.says("QUIT", ["Changing host"], stamp);
  user.changeHost(host);
  const others = new Set([...user.channels.keys()].flatMap((channel) => channel.sessions));
  for (const session of user.sessions) {
    others.delete(session);
    if (session.has("chghost")) session.tell(changed);
    else session.tell(hub.fromServer("396", [user.nick, host, "is now your visible host"], { stamp }));
  }
  const returns = returnMessages(hub, user, stamp);
  const done = new Set<Session>(user.sessions);
  for (const session of others) {
    done.add(session);
    if (session.has("chghost")) session.tell(changed);
    else tellReturn(session, quit, returns);
  }
  hub.monitors.tellChange(user, changed, done);
}

interface Return {
  readonly hears: ReadonlySet<Session>;
  readonly told: readonly OutgoingLine[];
}

/** JOIN and the ranks, for each channel the user is in. */
function returnMessages(hub: Hub, user: User, stamp: number): Return[] {
  return [...user.channels].map(([channel, { prefixes }]) => {
    const letters = ranks.filter((rank) => prefixes.includes(rank.prefix)).map((rank) => rank.letter);
    const nicks = letters.map(() => user.nick);
    const told = [joinMessage(user, channel, stamp)];
    if (letters.length > 0) {
      told.push(hub.fromServer("MODE", [channel.name, `+${letters.join("")}`, ...nicks], { stamp }));
    }
    return { hears: new Set(channel.sessions), told };
  });
}

function tellReturn(session: Session, quit: OutgoingLine, returns: readonly Return[]): void {
  session.tell(quit);
  for (const { hears, told } of returns) {
    if (hears.has(session)) { for (const one of told) session.tell(one); }
  }
}
