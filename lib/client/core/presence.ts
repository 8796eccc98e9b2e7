/** Reads messages about people and channels: joins, leaves, names, topics, ranks and modes. */

import { fold, parseSource } from "../../irc/names.ts";
import type { ModeLetterChange, Person } from "./event.ts";
import { argumentLetters } from "./channel_modes.ts";
import type { Buffer, Member, State } from "./state.ts";
import {
  buffersWith,
  findBuffer,
  isChannel,
  isOwn,
  opened,
  ranksOf,
  withBuffer,
  withoutKey,
} from "./state.ts";
import type { Arrival, Receiver, Step } from "./step.ts";
import { authorOf, nothing } from "./step.ts";

/** One row for each command. */
export const presenceRows: Readonly<Record<string, Receiver>> = {
  JOIN: joined,
  PART: parted,
  KICK: kicked,
  QUIT: quit,
  NICK: renamed,
  TOPIC: topicChanged,
  MODE: modeChanged,
  AWAY: awayChanged,
  ACCOUNT: accountChanged,
  INVITE: invited,
};

function joined(state: State, arrival: Arrival): Step {
  const [buffer = "", account] = arrival.message.params;
  const who = withAccount(authorOf(arrival), account);
  const own = isOwn(state, who.nick);
  const member: Member = { ...who, ranks: "" };
  const next = withBuffer(own ? opened(state, buffer) : state, buffer, (channel) => ({
    ...channel,
    joined: channel.joined || own,
    members: new Map(own ? [] : channel.members).set(fold(who.nick), member),
  }));
  return {
    state: own ? { ...next, source: arrival.message.source } : next,
    events: [{ kind: "joined", buffer, who, own }],
  };
}

function parted(state: State, arrival: Arrival): Step {
  const [buffer = "", reason = ""] = arrival.message.params;
  const who = authorOf(arrival);
  const own = isOwn(state, who.nick);
  return {
    state: leave(state, buffer, who.nick),
    events: [{ kind: "parted", buffer, who, own, reason }],
  };
}

function kicked(state: State, arrival: Arrival): Step {
  const [buffer = "", nick = "", reason = ""] = arrival.message.params;
  const own = isOwn(state, nick);
  const by = authorOf(arrival).nick;
  return {
    state: leave(state, buffer, nick),
    events: [{ kind: "kicked", buffer, who: { nick }, own, by, reason }],
  };
}

function leave(state: State, name: string, nick: string): State {
  return withBuffer(state, name, (channel) => {
    if (isOwn(state, nick)) return { ...channel, joined: false, members: new Map(), typing: new Map() };
    return without(channel, nick);
  });
}

function without(channel: Buffer, nick: string): Buffer {
  const key = fold(nick);
  return { ...channel, members: withoutKey(channel.members, key), typing: withoutKey(channel.typing, key) };
}

function quit(state: State, arrival: Arrival): Step {
  const who = authorOf(arrival);
  const [reason = ""] = arrival.message.params;
  const buffers = buffersWith(state, who.nick);
  const next = buffers.reduce(
    (one, name) => withBuffer(one, name, (channel) => without(channel, who.nick)),
    state,
  );
  const own = isOwn(state, who.nick);
  return { state: next, events: [{ kind: "quit", buffers, who, own, reason }] };
}

function renamed(state: State, arrival: Arrival): Step {
  const who = authorOf(arrival);
  const [to = ""] = arrival.message.params;
  const buffers = buffersWith(state, who.nick);
  const own = isOwn(state, who.nick);
  const next = buffers.reduce(
    (one, name) => withBuffer(one, name, (channel) => rename(channel, who.nick, to)),
    state,
  );
  const moved = movedConversation(next, who.nick, to);
  return {
    state: own ? { ...moved, nick: to, source: "" } : moved,
    events: [{ kind: "renamed", buffers, who, own, to }],
  };
}

/** A conversation with a person continues under the new name. */
function movedConversation(state: State, from: string, to: string): State {
  const old = findBuffer(state, from);
  const lastSender = fold(state.lastSender) === fold(from) ? to : state.lastSender;
  if (old?.kind !== "person") return { ...state, lastSender };
  const buffers = new Map(
    [...state.buffers].map(([key, one]) =>
      one === old ? [fold(to), { ...old, name: to }] as const : [key, one] as const
    ),
  );
  return { ...state, buffers, lastSender };
}

function rename(channel: Buffer, from: string, to: string): Buffer {
  const [old, key] = [fold(from), fold(to)];
  const member = channel.members.get(old);
  if (member === undefined) return channel;
  return {
    ...channel,
    members: new Map(withoutKey(channel.members, old)).set(key, { ...member, nick: to }),
    recent: channel.recent.map((one) => one === old ? key : one),
    typing: withoutKey(channel.typing, old),
  };
}

function topicChanged(state: State, arrival: Arrival): Step {
  const [buffer = "", topic = ""] = arrival.message.params;
  return {
    state: withBuffer(state, buffer, (channel) => ({ ...channel, topic })),
    events: [{ kind: "topic", buffer, topic, by: authorOf(arrival).nick }],
  };
}

function modeChanged(state: State, arrival: Arrival): Step {
  const [buffer = "", letters = "", ...values] = arrival.message.params;
  if (!isChannel(state, buffer)) return nothing(state);
  const changes = readChanges(state, letters, values);
  const next = changes.reduce((one, change) => withRank(one, buffer, change), state);
  return { state: next, events: [{ kind: "mode", buffer, by: authorOf(arrival).nick, changes }] };
}

function readChanges(state: State, letters: string, values: readonly string[]): ModeLetterChange[] {
  const changes: ModeLetterChange[] = [];
  const waiting = [...values];
  let added = true;
  for (const letter of letters) {
    if (letter === "+" || letter === "-") added = letter === "+";
    else {
      const argument = argumentLetters(state, added).includes(letter) ? waiting.shift() : undefined;
      changes.push({ added, letter, ...(argument !== undefined && { argument }) });
    }
  }
  return changes;
}

function withRank(state: State, buffer: string, { added, letter, argument }: ModeLetterChange): State {
  const { letters, signs } = ranksOf(state);
  const sign = signs.charAt(letters.indexOf(letter));
  const member = findBuffer(state, buffer)?.members.get(fold(argument ?? ""));
  if (!letters.includes(letter) || sign === "" || member === undefined) return state;
  const held = new Set(member.ranks);
  if (added) held.add(sign);
  else held.delete(sign);
  const ranks = [...signs].filter((one) => held.has(one)).join("");
  return withMember(state, buffer, { ...member, ranks });
}

function awayChanged(state: State, arrival: Arrival): Step {
  const who = authorOf(arrival);
  const [reason] = arrival.message.params;
  const away = reason !== undefined && reason !== "";
  // No event: the list of members shows it, and a message to that person brings RPL_AWAY.
  return nothing(withMemberEverywhere(state, who.nick, (member) => ({ ...member, away })));
}

function accountChanged(state: State, arrival: Arrival): Step {
  const [account = "*"] = arrival.message.params;
  const who = authorOf(arrival);
  const next = withMemberEverywhere(state, who.nick, (member) => ({
    nick: member.nick,
    ranks: member.ranks,
    ...(member.away !== undefined && { away: member.away }),
    ...(account !== "*" && { account }),
  }));
  return nothing(isOwn(state, who.nick) ? { ...next, account: account === "*" ? "" : account } : next);
}

function invited(state: State, arrival: Arrival): Step {
  const [who = "", channel = ""] = arrival.message.params;
  const by = authorOf(arrival).nick;
  return { state, events: [{ kind: "invited", channel, by, who, own: isOwn(state, who) }] };
}

function withMemberEverywhere(state: State, nick: string, change: (member: Member) => Member): State {
  let next = state;
  for (const name of buffersWith(state, nick)) {
    const member = findBuffer(next, name)?.members.get(fold(nick));
    if (member !== undefined) next = withMember(next, name, change(member));
  }
  return next;
}

function withMember(state: State, buffer: string, member: Member): State {
  return withBuffer(state, buffer, (channel) => ({
    ...channel,
    members: new Map(channel.members).set(fold(member.nick), member),
  }));
}

/** One RPL_NAMREPLY: each name is signs of rank and a nick, or with userhost-in-names a whole source. */
export function withNames(state: State, buffer: string, names: string): State {
  const { signs } = ranksOf(state);
  return withBuffer(state, buffer, (channel) => {
    const arriving = new Map(channel.arriving);
    for (const name of names.split(" ")) {
      let ranked = 0;
      while (signs.includes(name.charAt(ranked)) && ranked < name.length) ranked++;
      const { nick } = parseSource(name.slice(ranked));
      if (nick === "") continue;
      const known = channel.members.get(fold(nick));
      arriving.set(fold(nick), { ...known, nick, ranks: name.slice(0, ranked) });
    }
    return { ...channel, arriving };
  });
}

/** RPL_ENDOFNAMES: the collected names are the list of members. */
export function withAllNames(state: State, buffer: string): State {
  if (findBuffer(state, buffer)?.arriving === undefined) return state;
  return withBuffer(
    state,
    buffer,
    ({ arriving = new Map(), ...channel }) => ({ ...channel, members: arriving }),
  );
}

function withAccount(who: Person, account: string | undefined): Person {
  return account === undefined || account === "*" ? who : { ...who, account };
}
