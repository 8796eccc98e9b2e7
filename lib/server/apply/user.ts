/** Apply, for changes of a user: away, real name, host, modes, accepted users. */
import { unshared } from "../../irc/message.ts";
import { ranks } from "../../irc/modes.ts";
import { numerics } from "../../irc/numerics.ts";
import type { ChatState } from "../chat/chat.ts";
import type { SessionState } from "../chat/session.ts";
import type { UserId, UserState } from "../chat/user.ts";
import { joinMessage } from "../render/membership.ts";
import { tellOperators } from "../render/operator_notice.ts";
import type { OutgoingLine } from "../render/outgoing.ts";
import { fromServer, fromUser } from "../render/sender.ts";
import { recordAct } from "./audit.ts";
import { setAway } from "./away.ts";
import type { EventOf } from "./event.ts";
import { reviewOperator } from "./operator_right.ts";
import { sendToPeers, sendToWatchers } from "./notices.ts";

type UserEvent = EventOf<
  "away set" | "real name set" | "host set" | "user modes set" | "operator entry lost" | "accept set"
>;

/** Changes a user as the event says. */
export function applyUserEvent(chat: ChatState, event: UserEvent, stamp: number): undefined {
  const user = chat.users.get(event.user);
  if (user === undefined) return;
  switch (event.kind) {
    case "away set":
      return setAway(chat, user, event, stamp);
    case "real name set":
      user.realname = unshared(event.realname);
      sendToPeers(chat, user, fromUser(user, "SETNAME", [event.realname], stamp), {
        monitors: true,
        silent: null,
      });
      return;
    case "host set":
      if (event.by !== undefined) {
        recordAct(chat, { act: "CHGHOST", by: event.by, target: user.nick, reason: event.host }, stamp);
      }
      return setHost(chat, user, event.host, stamp);
    case "user modes set":
      return setModes(chat, user, event, stamp);
    case "operator entry lost":
      if (user.operator?.key === event.entry.key) user.operator = undefined;
      return void reviewOperator(user, stamp);
    case "accept set":
      if (event.accepted) accept(chat, user, event.target);
      else user.rare?.accepted.delete(event.target);
      return;
    default:
      return event satisfies never;
  }
}

function setModes(
  chat: ChatState,
  user: UserState,
  event: EventOf<"user modes set">,
  stamp: number,
): undefined {
  if (event.operator !== undefined) user.operator = event.operator;
  if (event.removed.includes("o")) user.operator = undefined;
  const removed = [...event.removed].filter((letter) => user.modes.has(letter));
  const added = [...event.added].filter((letter) => user.addMode(letter));
  for (const letter of removed) user.removeMode(letter);
  const letters = (added.length > 0 ? `+${added.join("")}` : "") +
    (removed.length > 0 ? `-${removed.join("")}` : "");
  if (letters !== "") user.send(fromUser(user, "MODE", [user.nick, letters], stamp));
  if (event.operator === undefined) return;
  recordAct(chat, { act: "OPER", by: user.nick, target: event.operator.name }, stamp);
  const [code, words] = numerics.RPL_YOUREOPER;
  user.send(fromServer(chat, code, [user.nick, words], { stamp }));
  tellOperators(chat, `${user.source} is now operator "${event.operator.name}"`, stamp);
}

/** Lets `other` message a user that is +R; above the limit, it removes offline users first, then the oldest. */
export function accept(chat: ChatState, user: UserState, other: UserId): void {
  const { accepted } = user.makeRare();
  accepted.add(other);
  const { acceptLimit } = chat.settings;
  if (accepted.size <= acceptLimit) return;
  for (const id of accepted) if (!chat.users.has(id)) accepted.delete(id);
  for (const id of accepted) if (accepted.size > acceptLimit) accepted.delete(id);
}

/**
 * Changes the host. Clients with chghost get CHGHOST; for the others the user quits and joins again with the new
 * host.
 */
function setHost(chat: ChatState, user: UserState, host: string, stamp: number): undefined {
  if (host === user.host) return;
  const changed = fromUser(user, "CHGHOST", [user.username, host], stamp);
  const quit = fromUser(user, "QUIT", ["Changing host"], stamp);
  user.changeHost(host);
  const others = new Set([...user.channels.keys()].flatMap((channel) => channel.sessions));
  for (const session of user.sessions) {
    others.delete(session);
    if (session.has("chghost")) session.send(changed);
    else {session.send(
        fromServer(chat, numerics.RPL_VISIBLEHOST[0], [user.nick, host, "is now your visible host"], {
          stamp,
        }),
      );}
  }
  const returns = returnMessages(chat, user, stamp);
  const done = new Set<SessionState>(user.sessions);
  for (const session of others) {
    done.add(session);
    if (session.has("chghost")) session.send(changed);
    else sendRejoin(session, quit, returns);
  }
  sendToWatchers(chat, user, changed, done);
}

interface RejoinMessages {
  readonly sessions: ReadonlySet<SessionState>;
  readonly outgoing: readonly OutgoingLine[];
}

/** JOIN and the ranks, for each channel the user is in. */
function returnMessages(chat: ChatState, user: UserState, stamp: number): RejoinMessages[] {
  return [...user.channels].map(([channel, { prefixes }]) => {
    const letters = ranks.filter((rank) => prefixes.includes(rank.prefix)).map((rank) => rank.letter);
    const nicks = letters.map(() => user.nick);
    const outgoing = [joinMessage(user, channel, stamp)];
    if (letters.length > 0) {
      outgoing.push(fromServer(chat, "MODE", [channel.name, `+${letters.join("")}`, ...nicks], { stamp }));
    }
    return { sessions: new Set(channel.sessions), outgoing };
  });
}

function sendRejoin(session: SessionState, quit: OutgoingLine, returns: readonly RejoinMessages[]): void {
  session.send(quit);
  for (const { sessions, outgoing } of returns) {
    if (sessions.has(session)) { for (const one of outgoing) session.send(one); }
  }
}
