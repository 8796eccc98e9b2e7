/** Notices that several kinds of events have in common: to the peers and the watchers of a user, and to a channel. */
import type { RankMode } from "../../irc/modes.ts";
import { fold, type Folded } from "../../irc/names.ts";
import { numerics } from "../../irc/numerics.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Deliverable } from "../chat/delivery.ts";
import { isSilent } from "../chat/permission.ts";
import type { Session } from "../chat/session.ts";
import type { UserState } from "../chat/user.ts";
import { fromServer } from "../render/sender.ts";

/**
 * Sends to all users that share a channel with the user, each session once, and to the user's own sessions unless
 * `self` is false; with `monitors` also to the sessions that watch its changes by MONITOR. With `silent`, the members of
 * channels in which the user cannot speak get that instead; with null they get nothing.
 */
export function sendToPeers(
  chat: ChatState,
  user: UserState,
  outgoing: Deliverable,
  options: { self?: boolean; monitors?: boolean; silent?: Deliverable | null } = {},
): void {
  const { self, monitors, silent } = options;
  const done = new Set<Session>(self === false ? user.sessions : []);
  sendOnce(user, user.sessions, outgoing, done);
  if (silent !== undefined) {
    for (const channel of user.channels.keys()) {
      if (isSilent(channel, user)) sendOnce(user, channel.sessions, silent, done);
    }
  }
  for (const channel of user.channels.keys()) sendOnce(user, channel.sessions, outgoing, done);
  if (monitors) sendToWatchers(chat, user, outgoing, done);
}

function sendOnce(
  user: UserState,
  sessions: readonly Session[],
  outgoing: Deliverable | null,
  done: Set<Session>,
): void {
  for (const session of sessions) {
    if (done.has(session)) continue;
    done.add(session);
    if (outgoing !== null) session.send(outgoing, session.user !== user);
  }
}

/** Sends a change to the watchers with extended-monitor that are not in `done`, and adds them to `done`. */
export function sendToWatchers(
  { monitors }: ChatState,
  user: UserState,
  outgoing: Deliverable,
  done: Set<Session>,
): void {
  for (const session of monitors.watchers(user.folded)) {
    if (done.has(session) || !session.has("extended-monitor")) continue;
    done.add(session);
    session.send(outgoing);
  }
}

/** Notifies the watchers of a nick that a user has it now (MONITOR). */
export function notifyOnline(chat: ChatState, user: UserState): void {
  notifyWatchers(chat, user.folded, "RPL_MONONLINE", user.source);
}

/** Notifies the watchers of a nick that nobody has it now (MONITOR). */
export function notifyOffline(chat: ChatState, nick: string): void {
  notifyWatchers(chat, fold(nick), "RPL_MONOFFLINE", nick);
}

/** "*" stands for the watcher's nick, as the specification allows, so one line serves all watchers. */
function notifyWatchers(
  chat: ChatState,
  nick: Folded,
  name: "RPL_MONONLINE" | "RPL_MONOFFLINE",
  target: string,
): void {
  const watchers = chat.monitors.watchers(nick);
  if (watchers.size === 0) return;
  const outgoing = fromServer(chat, numerics[name][0], ["*", target]);
  for (const session of watchers) session.send(outgoing);
}

/** Ranks that the server takes from a member, and gives to it. */
export interface RankChanges {
  readonly lost?: readonly RankMode[];
  readonly gained?: readonly RankMode[];
}

/** Notifies a channel of ranks that the server took or gave. */
export function broadcastRanks(
  chat: ChatState,
  channel: ChannelState,
  user: UserState,
  { lost = [], gained = [] }: RankChanges,
  stamp: number,
): void {
  const letters = signed("-", lost) + signed("+", gained);
  if (letters === "") return;
  const nicks = [...lost, ...gained].map(() => user.nick);
  channel.broadcast(fromServer(chat, "MODE", [channel.name, letters, ...nicks], { stamp }));
}

function signed(sign: "+" | "-", modes: readonly RankMode[]): string {
  return modes.length === 0 ? "" : sign + modes.map(({ letter }) => letter).join("");
}
