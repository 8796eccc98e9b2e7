/** Apply, for what operators do: kills, server bans, words to everybody. */
import { stampMs } from "../../irc/stamp.ts";
import { parseSource } from "../../irc/names.ts";
import { type EventOf, removeUser } from "./apply.ts";
import type { Hub } from "../hub/hub.ts";
import { OutgoingLine, type OutgoingMessage } from "../render/outgoing.ts";
import { banSentence, type ServerBan, shownTime, suspectAt } from "../chat/server_ban.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";

type OperatorEvent = EventOf<"killed" | "wallops" | "server ban added" | "server ban removed">;

/** Changes the server as the event says. */
export function applyOperatorEvent(hub: Hub, event: OperatorEvent, stamp: number): undefined {
  switch (event.kind) {
    case "killed":
      return kill(hub, event, stamp);
    case "wallops":
      return wallops(hub, event, stamp);
    case "server ban added":
      return addBan(hub, event.ban, stamp);
    case "server ban removed":
      if (hub.serverBans.remove(event.target)) {
        tellOperators(hub, `${event.by} lifted the ban of ${event.target}`, stamp);
      }
      return;
    default:
      return event satisfies never;
  }
}

function kill(hub: Hub, { user: id, by, reason }: EventOf<"killed">, stamp: number): undefined {
  const user = hub.users.get(id);
  if (user === undefined) return;
  const { nick } = parseSource(by);
  const told = new OutgoingLine(by, "KILL", [user.nick, reason], { stamp });
  tellOperators(hub, `${nick} killed ${user.source}: ${reason}`, stamp);
  endUser(hub, user, stamp, { quit: `Killed (${nick} (${reason}))`, told });
}

function wallops(hub: Hub, event: EventOf<"wallops">, stamp: number): undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  const told = user.says("WALLOPS", [event.text], stamp);
  for (const one of hub.users.values()) if (one.modes.has("w")) one.tell(told);
}

function addBan(hub: Hub, ban: ServerBan, stamp: number): undefined {
  const nowMs = stampMs(stamp);
  hub.serverBans.add(ban);
  const until = ban.untilMs === undefined ? "" : ` until ${shownTime(ban.untilMs)}`;
  tellOperators(hub, `${ban.by} banned ${ban.target}${until}: ${ban.reason}`, stamp);
  for (const user of [...hub.users.values()]) {
    if (hub.serverBans.match(user, nowMs) === undefined) continue;
    endUser(hub, user, stamp, { quit: `Banned (${ban.reason})`, error: banSentence(ban) });
  }
  // Those who are not in yet, and further devices at an address of their own.
  for (const session of [...hub.sessions.values()]) endIfBanned(hub, session, nowMs);
}

/** Closes a session of this machine that a ban keeps out, by its own address too. */
export function endIfBanned(hub: Hub, session: Session, nowMs: number): void {
  const { connection, user } = session;
  const ban = user === undefined
    ? hub.serverBans.findAddress(connection.address, nowMs)
    : hub.serverBans.match(suspectAt(session, user), nowMs);
  if (ban === undefined || !session.hangUp(banSentence(ban))) return;
  // It is not expected back.
  session.saidGoodbye = true;
  hub.detach(session, `Banned (${ban.reason})`);
}

/** How a user's time here ends: the words others see, what its own sessions are told first, and why they are closed. */
interface Ending {
  readonly quit: string;
  readonly told?: OutgoingMessage;
  /** @default {quit} */
  readonly error?: string;
}

/** Takes a user out and closes its sessions on this machine. */
export function endUser(hub: Hub, user: User, stamp: number, { quit, told, error = quit }: Ending): void {
  const sessions = user.sessions.splice(0);
  for (const channel of user.channels.keys()) channel.forgetSessions();
  removeUser(hub, user, quit, stamp);
  for (const session of sessions) {
    // Without a user its end is no event any more.
    session.user = undefined;
    if (told !== undefined) session.tell(told);
    session.close(error);
  }
}

/** Tells the operators, and the log, what happened. */
export function tellOperators(
  hub: Hub,
  text: string,
  stamp: number,
  level: "info" | "error" = "info",
): void {
  hub.log(level, text);
  for (const user of hub.users.values()) {
    if (!user.modes.has("o")) continue;
    for (const session of user.sessions) {
      session.tell(hub.fromServer("NOTICE", [session.nick, text], { stamp }));
    }
  }
}
