/** Apply, for operators: kills, server bans, wallops. */
import { parseSource } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { ChatState } from "../chat/chat.ts";
import type { ServerBan } from "../chat/server_ban.ts";
import { shownTime } from "../chat/shown_time.ts";
import { tellOperators } from "../render/operator_notice.ts";
import { OutgoingLine } from "../render/outgoing.ts";
import { fromUser } from "../render/sender.ts";
import type { EventOf } from "./event.ts";
import { applyAct, recordAct } from "./audit.ts";
import { endBanned } from "./banned.ts";
import { endUser } from "./presence.ts";

type OperatorEvent = EventOf<
  "killed" | "wallops" | "operator acted" | "server ban added" | "server ban removed"
>;

/** Changes the server as the event says. */
export function applyOperatorEvent(chat: ChatState, event: OperatorEvent, stamp: number): undefined {
  switch (event.kind) {
    case "killed":
      return kill(chat, event, stamp);
    case "wallops":
      return wallops(chat, event, stamp);
    case "operator acted":
      return applyAct(chat, event, stamp);
    case "server ban added":
      return addBan(chat, event.ban, stamp);
    case "server ban removed":
      if (chat.serverBans.remove(event.target)) {
        recordAct(chat, { act: "UNBAN", by: event.by, target: event.target }, stamp);
        tellOperators(chat, `${event.by} removed the ban of ${event.target}`, stamp);
      }
      return;
    default:
      return event satisfies never;
  }
}

function kill(chat: ChatState, { user: id, by, reason }: EventOf<"killed">, stamp: number): undefined {
  const user = chat.users.get(id);
  if (user === undefined) return;
  const { nick } = parseSource(by);
  const outgoing = new OutgoingLine(by, "KILL", [user.nick, reason], { stamp });
  recordAct(chat, { act: "KILL", by: nick, target: user.nick, reason }, stamp);
  tellOperators(chat, `${nick} killed ${user.source}: ${reason}`, stamp);
  endUser(chat, user, stamp, { quit: `Killed (${nick} (${reason}))`, outgoing });
}

function wallops(chat: ChatState, event: EventOf<"wallops">, stamp: number): undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return;
  recordAct(chat, { act: "WALLOPS", by: user.nick }, stamp);
  const outgoing = fromUser(user, "WALLOPS", [event.text], stamp);
  for (const one of chat.users.values()) if (one.modes.has("w")) one.send(outgoing);
}

function addBan(chat: ChatState, ban: ServerBan, stamp: number): undefined {
  const nowMs = stampMs(stamp);
  chat.serverBans.add(ban);
  const until = ban.untilMs === undefined ? "" : ` until ${shownTime(ban.untilMs)}`;
  recordAct(chat, { act: "BAN", by: ban.by, target: ban.target, reason: ban.reason + until }, stamp);
  tellOperators(chat, `${ban.by} banned ${ban.target}${until}: ${ban.reason}`, stamp);
  if (chat.serverBans.find(ban.target, nowMs) !== undefined) endBanned(chat, ban);
}
