/** Reads messages about people and channels: joins, leaves, names, topics, ranks and modes. */

import { fold, type Folded, parseSource } from "../../irc/names.ts";
import type { ModeLetterChange, Person } from "./event.ts";
import { argumentLetters } from "./channel_modes.ts";
import type { Buffer, Member, State } from "./state.ts";
import { buffersWith, findBuffer, isChannel, isOwn, ranksOf, withBuffer, withOpenBuffer } from "./state.ts";
import { withFollowedIgnore, withoutFollowedIgnore, withRenamedPerson } from "./renames.ts";
import { withKey, withoutKey } from "./layered_map.ts";
import type { IncomingMessage, MessageReader, ReceiveResult } from "./message_reader.ts";
import { authorOf, withoutEvents } from "./message_reader.ts";

/** One row for each command. */
export const presenceRows: Readonly<Record<string, MessageReader>> = {
  JOIN: readJoin,
  PART: readPart,
  KICK: readKick,
  QUIT: readQuit,
  NICK: readNick,
  TOPIC: readTopic,
  MODE: readMode,
  AWAY: readAway,
  ACCOUNT: readAccount,
  INVITE: readInvite,
};

function readJoin(state: State, incoming: IncomingMessage): ReceiveResult {
  const [buffer = "", account] = incoming.message.params;
  const who = withAccount(authorOf(incoming), account);
  const own = isOwn(state, who.nick);
  const member: Member = { ...who, ranks: "" };
  const next = withBuffer(own ? withOpenBuffer(state, buffer) : state, buffer, (channel) => ({
    ...channel,
    joined: channel.joined || own,
    members: withKey(own ? new Map() : channel.members, fold(who.nick), member),
  }));
  return {
    state: own ? { ...next, source: incoming.message.source } : next,
    events: [{ kind: "joined", buffer, who, own }],
  };
}

function readPart(state: State, incoming: IncomingMessage): ReceiveResult {
  const [buffer = "", reason = ""] = incoming.message.params;
  const who = authorOf(incoming);
  const own = isOwn(state, who.nick);
  return {
    state: removeFromChannel(state, buffer, who.nick),
    events: [{ kind: "parted", buffer, who, own, reason }],
  };
}

function readKick(state: State, incoming: IncomingMessage): ReceiveResult {
  const [buffer = "", nick = "", written = ""] = incoming.message.params;
  const own = isOwn(state, nick);
  const by = authorOf(incoming).nick;
  // Without a reason, servers send a nick in its place.
  const reason = written === by || written === nick ? "" : written;
  return {
    state: removeFromChannel(state, buffer, nick),
    events: [{ kind: "kicked", buffer, who: { nick }, own, by, reason }],
  };
}

function removeFromChannel(state: State, name: string, nick: string): State {
  return withBuffer(state, name, (channel) => {
    if (isOwn(state, nick)) return { ...channel, joined: false, members: new Map(), typing: new Map() };
    return removePerson(channel, nick);
  });
}

function removePerson(channel: Buffer, nick: string): Buffer {
  const key = fold(nick);
  return { ...channel, members: withoutKey(channel.members, key), typing: withoutKey(channel.typing, key) };
}

function readQuit(state: State, incoming: IncomingMessage): ReceiveResult {
  const who = authorOf(incoming);
  const [reason = ""] = incoming.message.params;
  const buffers = buffersWith(state, who.nick);
  const next = buffers.reduce(
    (one, name) => withBuffer(one, name, (channel) => removePerson(channel, who.nick)),
    state,
  );
  const own = isOwn(state, who.nick);
  return {
    state: withoutFollowedIgnore(next, who.nick),
    events: [{ kind: "quit", buffers, who, own, reason }],
  };
}

function readNick(state: State, incoming: IncomingMessage): ReceiveResult {
  const who = authorOf(incoming);
  const [to = ""] = incoming.message.params;
  const buffers = buffersWith(state, who.nick);
  const own = isOwn(state, who.nick);
  const next = withRenamedPerson(withFollowedIgnore(state, incoming.message.source, to), who.nick, to);
  return {
    state: own ? { ...next, nick: to, source: "" } : next,
    events: [{ kind: "renamed", buffers, who, own, to }],
  };
}

function readTopic(state: State, incoming: IncomingMessage): ReceiveResult {
  const [buffer = "", topic = ""] = incoming.message.params;
  return {
    state: withBuffer(state, buffer, (channel) => ({ ...channel, topic })),
    events: [{ kind: "topic", buffer, topic, by: authorOf(incoming).nick }],
  };
}

function readMode(state: State, incoming: IncomingMessage): ReceiveResult {
  const [buffer = "", letters = "", ...values] = incoming.message.params;
  const changes = readChanges(state, letters, values);
  if (!isChannel(state, buffer)) return withoutEvents(withOwnModes(state, buffer, changes));
  const next = changes.reduce((one, change) => withRank(one, buffer, change), state);
  return { state: next, events: [{ kind: "mode", buffer, by: authorOf(incoming).nick, changes }] };
}

function withOwnModes(state: State, nick: string, changes: readonly ModeLetterChange[]): State {
  const change = isOwn(state, nick) ? changes.findLast(({ letter }) => letter === "o") : undefined;
  return change === undefined ? state : { ...state, isOperator: change.added };
}

function readChanges(state: State, letters: string, values: readonly string[]): ModeLetterChange[] {
  const changes: ModeLetterChange[] = [];
  const letterSets = { "+": argumentLetters(state, true), "-": argumentLetters(state, false) };
  let next = 0;
  let added = true;
  for (const letter of letters) {
    if (letter === "+" || letter === "-") added = letter === "+";
    else {
      const argument = letterSets[added ? "+" : "-"].includes(letter) ? values[next++] : undefined;
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

function readAway(state: State, incoming: IncomingMessage): ReceiveResult {
  const who = authorOf(incoming);
  const [reason] = incoming.message.params;
  const away = reason !== undefined && reason !== "";
  // No event: the list of members shows it, and the server answers a message to that person with RPL_AWAY.
  return withoutEvents(withMemberEverywhere(state, who.nick, (member) => ({ ...member, away })));
}

function readAccount(state: State, incoming: IncomingMessage): ReceiveResult {
  const [account = "*"] = incoming.message.params;
  const who = authorOf(incoming);
  const next = withMemberEverywhere(state, who.nick, (member) => ({
    nick: member.nick,
    ranks: member.ranks,
    ...(member.away !== undefined && { away: member.away }),
    ...(account !== "*" && { account }),
  }));
  return withoutEvents(isOwn(state, who.nick) ? { ...next, account: account === "*" ? "" : account } : next);
}

function readInvite(state: State, incoming: IncomingMessage): ReceiveResult {
  const [who = "", channel = ""] = incoming.message.params;
  const by = authorOf(incoming).nick;
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
    members: withKey(channel.members, fold(member.nick), member),
  }));
}

/** The most members of a channel, for a server that never ends the list. */
const maxMembers = 200_000;

/** One RPL_NAMREPLY: each name is signs of rank and a nick, or with userhost-in-names a whole source. */
export function withNames(state: State, buffer: string, names: string): State {
  const { signs } = ranksOf(state);
  return withBuffer(state, buffer, (channel) => {
    // Only this answer has the map, so it grows in place: a new map for each name costs more than linear time.
    const collectedMembers = channel.collectedMembers ?? new Map<Folded, Member>();
    for (const name of names.split(" ")) {
      let ranked = 0;
      while (signs.includes(name.charAt(ranked)) && ranked < name.length) ranked++;
      const { nick } = parseSource(name.slice(ranked));
      if (nick === "" || collectedMembers.size >= maxMembers) continue;
      const known = channel.members.get(fold(nick));
      collectedMembers.set(fold(nick), { ...known, nick, ranks: name.slice(0, ranked) });
    }
    return { ...channel, collectedMembers };
  });
}

/** RPL_ENDOFNAMES: the collected names are the list of members. */
export function withAllNames(state: State, buffer: string): State {
  if (findBuffer(state, buffer)?.collectedMembers === undefined) return state;
  return withBuffer(
    state,
    buffer,
    ({ collectedMembers = new Map(), ...channel }) => ({ ...channel, members: collectedMembers }),
  );
}

function withAccount(who: Person, account: string | undefined): Person {
  return account === undefined || account === "*" ? who : { ...who, account };
}
