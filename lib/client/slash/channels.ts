/** Slash commands for rooms: going in and out, who and what is there, and what its operators do. */

import { listLines, maskLines } from "../text/answers.ts";
import type { Face, SlashTable } from "./face.ts";
import { firstWord, neededWord } from "./face.ts";
import { ActionError } from "../core/action_error.ts";
import { describeMode } from "../core/channel_modes.ts";
import { plain, plainName } from "../text/plain.ts";
import { numericName } from "../../irc/numerics.ts";
import { numericsIn, numericsUntil } from "../core/requests.ts";
import { ban, unban } from "./channel_bans.ts";
import { findBuffer, isChannel } from "../core/state.ts";
import { rosterWords, topicWords } from "../text/sentences.ts";

/** Rows by name. */
export const channelRows: SlashTable = {
  join: {
    usage: "#ROOM [KEY]",
    help: "Enters a room, or brings it to the front",
    group: "Rooms",
    aliases: ["j"],
    takes: ["channel", "text"],
    run: join,
  },
  part: {
    usage: "[#ROOM] [REASON]",
    help: "Leaves a room, or closes a private conversation",
    group: "Rooms",
    aliases: ["leave", "close"],
    takes: ["channel", "text"],
    run: part,
  },
  go: {
    usage: "[NAME]",
    help: "Brings another room or conversation to the front; without a name, the next one",
    group: "Rooms",
    aliases: ["switch", "window"],
    takes: ["channel"],
    run: go,
  },
  names: {
    usage: "[#ROOM]",
    help: "Lists who is in a room",
    group: "Rooms",
    aliases: ["who", "users"],
    takes: ["channel"],
    run: names,
  },
  topic: {
    usage: "[#ROOM] [TEXT]",
    help: "Shows the topic of a room, or sets it",
    group: "Rooms",
    takes: ["channel", "text"],
    run: topic,
  },
  list: {
    usage: "[PATTERN]",
    help: "Lists the rooms of the server",
    group: "Rooms",
    aliases: ["rooms", "channels"],
    run: list,
  },
  invite: {
    usage: "NICK [#ROOM]",
    help: "Invites somebody to a room",
    group: "Rooms",
    takes: ["nick", "channel"],
    run(face, rest) {
      const [nick, room] = neededWord(rest, "/invite NICK");
      face.client.server.command("INVITE", nick, room || currentRoom(face));
    },
  },
  kick: {
    usage: "NICK [REASON]",
    help: "Removes somebody from the room",
    group: "Operators",
    takes: ["nick", "text"],
    run(face, rest) {
      const [room, words] = roomFirst(face, rest);
      const [nick, reason] = neededWord(words, "/kick NICK");
      face.client.server.command("KICK", room, nick, ...(reason === "" ? [] : [reason]));
    },
  },
  ban: {
    usage: "[NICK]",
    help:
      "Bans somebody from the room, by host and account; a mask such as *!*@host works too; without, lists who is banned",
    group: "Operators",
    takes: ["nick"],
    run: (face, rest) =>
      roomFirst(face, rest)[1] === ""
        ? mode(face, `${rest} b`.trim())
        : ban(face, ...inRoom(face, rest, "/ban NICK")),
  },
  unban: {
    usage: "NICK",
    help: "Lifts the bans of somebody; a mask works too",
    group: "Operators",
    takes: ["nick"],
    run: (face, rest) => unban(face, ...inRoom(face, rest, "/unban NICK")),
  },
  mode: {
    usage: "[TARGET] [CHANGES]",
    help: "Shows the modes of the room, or changes them: /mode +o ann",
    group: "Operators",
    takes: ["nick"],
    run: mode,
  },
};

function join(face: Face, rest: string): void {
  const [names, key] = neededWord(rest, "/join #ROOM");
  const { client } = face;
  for (const written of names.split(",").filter((name) => name !== "")) {
    const room = isChannel(client.state, written) ? written : `#${written}`;
    if (findBuffer(client.state, room)?.joined) face.show(room);
    else client.join(room, key);
  }
}

function part(face: Face, rest: string): void {
  const [first, others] = firstWord(rest);
  const { client } = face;
  const named = findBuffer(client.state, first) !== undefined || isChannel(client.state, first);
  const name = named ? first : face.target();
  const buffer = findBuffer(client.state, name);
  const reason = named ? others : rest;
  if (buffer?.kind === "channel" && buffer.joined) {
    return client.server.command("PART", name, ...(reason === "" ? [] : [reason]));
  }
  if (buffer === undefined) throw new ActionError(`You are not in ${name}`);
  client.forget(name);
  face.closed(name);
}

function go(face: Face, rest: string): void {
  const [name] = firstWord(rest);
  const open = [...face.client.state.buffers.values()].map((buffer) => buffer.name);
  if (name === "") {
    const next = open[(open.indexOf(face.activeBuffer) + 1) % open.length];
    if (next === undefined) throw new ActionError("There is no room to go to: write /join #ROOM");
    return face.show(next);
  }
  const bare = (text: string): string => text.replace(/^[#&]/, "").toLowerCase();
  const found = findBuffer(face.client.state, name)?.name ??
    open.find((one) => bare(one).startsWith(bare(name)));
  if (found === undefined) {
    throw new ActionError(`There is no ${name} open: write /join #ROOM or /query NICK`);
  }
  face.show(found);
}

async function topic(face: Face, rest: string): Promise<void> {
  const [room, text] = roomFirst(face, rest);
  const { client } = face;
  if (text !== "") return client.server.command("TOPIC", room, text);
  const known = findBuffer(client.state, room);
  if (known?.joined) return face.note(topicWords(client.state, room, known.topic, ""));
  const until = numericsUntil([
    "RPL_NOTOPIC",
    "RPL_TOPIC",
    "ERR_NOSUCHCHANNEL",
    "ERR_NOTONCHANNEL",
    "ERR_NEEDMOREPARAMS",
  ]);
  const [found] = numericsIn(await client.server.ask(`TOPIC ${room}`, until), "RPL_TOPIC");
  face.note(topicWords(client.state, room, found?.params.at(-1) ?? "", ""));
}

async function names(face: Face, rest: string): Promise<void> {
  const [asked] = firstWord(rest);
  const room = asked === "" ? currentRoom(face) : asked;
  const { client } = face;
  if (findBuffer(client.state, room)?.joined) {
    return face.note(rosterWords(client.state, room));
  }
  const until = numericsUntil(["RPL_ENDOFNAMES", "ERR_NOSUCHCHANNEL", "ERR_NEEDMOREPARAMS"], [
    "RPL_NAMREPLY",
  ]);
  const people = numericsIn(await client.server.request(`NAMES ${room}`, until), "RPL_NAMREPLY")
    .flatMap(({ params }) => (params[3] ?? "").split(" "));
  const nicks = people.filter((one) => one !== "").map((one) => plainName(one.replace(/!.*$/, "")));
  face.note(
    nicks.length === 0 ? `${plainName(room)} is empty, or hidden` : `${plainName(room)}: ${nicks.join(", ")}`,
  );
}

async function list(face: Face, rest: string): Promise<void> {
  const [pattern] = firstWord(rest);
  const until = numericsUntil(["RPL_LISTEND", "RPL_TRYAGAIN"], ["RPL_LISTSTART", "RPL_LIST"]);
  const answer = await face.client.server.ask(pattern === "" ? "LIST" : `LIST ${pattern}`, until);
  for (const line of listLines(answer)) face.note(line);
}

/** The room, and the one word that a command takes there. */
function inRoom(face: Face, rest: string, usage: string): readonly [room: string, word: string] {
  const [room, words] = roomFirst(face, rest);
  return [room, neededWord(words, usage)[0]];
}

async function mode(face: Face, rest: string): Promise<void> {
  const [first, others] = firstWord(rest);
  const { client } = face;
  const starts = /^([+-]|[beI]?$)/.test(first);
  const target = starts ? currentRoom(face) : first;
  const changes = starts ? rest : others;
  const list = /^\+?([beI])$/.exec(changes)?.[1];
  if (list !== undefined) return await masks(face, target, list);
  if (changes !== "") return client.server.command("MODE", target, ...changes.split(/\s+/));
  const until = numericsUntil([
    "RPL_CHANNELMODEIS",
    "RPL_UMODEIS",
    "ERR_NOSUCHCHANNEL",
    "ERR_NOSUCHNICK",
    "ERR_USERSDONTMATCH",
  ]);
  const [answer] = await client.server.ask(`MODE ${target}`, until);
  const isOwnModes = answer !== undefined && numericName(answer.command) === "RPL_UMODEIS";
  const [letters = "", ...values] = answer?.params.slice(isOwnModes ? 1 : 2) ?? [];
  if (/^\+?$/.test(letters)) return face.note(`${plainName(target)} has no modes`);
  const words = [...letters.replace("+", "")].map((letter) => describeMode({ added: true, letter }));
  const meaning = words.length === 0 ? "" : `: ${words.join(", ")}`;
  face.note(
    `${plainName(target)} has the modes ${[letters, ...values].map(plainName).join(" ")}${plain(meaning)}`,
  );
}

const lists: Readonly<Record<string, string>> = { b: "bans", e: "exceptions", I: "invite exceptions" };

/** The masks of a room. */
async function masks(face: Face, room: string, letter: string): Promise<void> {
  const until = numericsUntil([
    "RPL_ENDOFINVEXLIST",
    "RPL_ENDOFEXCEPTLIST",
    "RPL_ENDOFBANLIST",
    "ERR_NOSUCHCHANNEL",
    "ERR_NOTONCHANNEL",
    "ERR_UNKNOWNMODE",
    "ERR_CHANOPRIVSNEEDED",
  ], ["RPL_INVEXLIST", "RPL_EXCEPTLIST", "RPL_BANLIST"]);
  const answer = await face.client.server.ask(`MODE ${room} ${letter}`, until);
  for (const line of maskLines(answer, room, lists[letter] ?? "masks")) face.note(line);
}

/** The room somebody names first, else the one in front, and the words behind. */
function roomFirst(face: Face, rest: string): readonly [room: string, rest: string] {
  const [first, others] = firstWord(rest);
  return isChannel(face.client.state, first) ? [first, others] : [currentRoom(face), rest.trim()];
}

function currentRoom(face: Face): string {
  const name = face.target();
  if (!isChannel(face.client.state, name)) {
    throw new ActionError(`${plainName(name)} is no room: name the room`);
  }
  return name;
}
