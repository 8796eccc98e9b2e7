/** Slash commands for channels: joining, leaving, members, topics, and the commands of operators. */

import { listLines, maskLines } from "../text/server_replies.ts";
import type { CommandUi, SlashTable } from "./command_ui.ts";
import { firstWord, requireWord } from "./command_ui.ts";
import { ActionError } from "../state/action_error.ts";
import { describeLetters } from "../state/channel_modes.ts";
import { plain, plainName } from "../text/plain.ts";
import { numericName } from "../../irc/numerics.ts";
import { matchNumerics, numericsIn } from "../core/requests.ts";
import { ban, unban } from "./channel_bans.ts";
import { buffersInOrder, nextBuffer } from "../state/buffer_order.ts";
import { findBuffer, isChannel } from "../state/state.ts";
import { memberWords, topicWords } from "../text/sentences.ts";

/** Rows by name. */
export const channelRows: SlashTable = {
  join: {
    usage: "#CHANNEL [KEY]",
    help: "Joins a channel, or shows it when you are in it already",
    group: "Channels",
    aliases: ["j"],
    argumentKinds: ["channel", "text"],
    run: join,
  },
  part: {
    usage: "[#CHANNEL] [REASON]",
    help: "Leaves a channel, or closes a private conversation",
    group: "Channels",
    aliases: ["leave", "close"],
    argumentKinds: ["channel", "text"],
    run: part,
  },
  go: {
    usage: "[NAME]",
    help: "Shows another channel or conversation; without a name, the next one",
    group: "Channels",
    aliases: ["switch", "window"],
    argumentKinds: ["channel"],
    run: go,
  },
  names: {
    usage: "[#CHANNEL]",
    help: "Lists the people in a channel",
    group: "Channels",
    aliases: ["who", "users"],
    argumentKinds: ["channel"],
    run: names,
  },
  topic: {
    usage: "[#CHANNEL] [TEXT]",
    help: "Shows the topic of a channel, or changes it",
    group: "Channels",
    argumentKinds: ["channel", "text"],
    run: topic,
  },
  list: {
    usage: "[PATTERN]",
    help: "Lists the channels of this server",
    group: "Channels",
    aliases: ["rooms", "channels"],
    run: list,
  },
  invite: {
    usage: "NICK [#CHANNEL]",
    help: "Invites a person to a channel",
    group: "Channels",
    argumentKinds: ["nick", "channel"],
    run(ui, rest) {
      const [nick, channel] = requireWord(rest, "/invite NICK");
      ui.client.server.command("INVITE", nick, channel || activeChannel(ui));
    },
  },
  kick: {
    usage: "NICK [REASON]",
    help: "Removes a person from the channel",
    group: "Operators",
    argumentKinds: ["nick", "text"],
    run(ui, rest) {
      const [channel, words] = channelFirst(ui, rest);
      const [nick, reason] = requireWord(words, "/kick NICK");
      ui.client.server.command("KICK", channel, nick, ...(reason === "" ? [] : [reason]));
    },
  },
  ban: {
    usage: "[NICK]",
    help:
      "Bans a person by host and account; a mask such as *!*@host works too; without a name, lists the bans",
    group: "Operators",
    argumentKinds: ["nick"],
    run: (ui, rest) =>
      channelFirst(ui, rest)[1] === ""
        ? mode(ui, `${rest} b`.trim())
        : ban(ui, ...channelAndWord(ui, rest, "/ban NICK")),
  },
  unban: {
    usage: "NICK",
    help: "Lifts the bans of a person; a mask works too",
    group: "Operators",
    argumentKinds: ["nick"],
    run: (ui, rest) => unban(ui, ...channelAndWord(ui, rest, "/unban NICK")),
  },
  mode: {
    usage: "[TARGET] [CHANGES]",
    help: "Shows the modes of the channel, or changes them: /mode +o ann",
    group: "Operators",
    argumentKinds: ["nick"],
    run: mode,
  },
};

function join(ui: CommandUi, rest: string): void {
  const [names, keys] = requireWord(rest, "/join #CHANNEL");
  const { client } = ui;
  // One key is for all channels.
  const each = keys.split(",");
  for (const [at, written] of names.split(",").filter((name) => name !== "").entries()) {
    const channel = isChannel(client.state, written) ? written : `#${written}`;
    if (findBuffer(client.state, channel)?.joined) ui.show(channel);
    else client.join(channel, each.length === 1 ? keys : each[at] ?? "");
  }
}

function part(ui: CommandUi, rest: string): void {
  const [first, others] = firstWord(rest);
  const { client } = ui;
  const named = findBuffer(client.state, first) !== undefined || isChannel(client.state, first);
  const name = named ? first : ui.target();
  const buffer = findBuffer(client.state, name);
  const reason = named ? others : rest;
  if (buffer?.kind === "channel" && buffer.joined) {
    return client.server.command("PART", name, ...(reason === "" ? [] : [reason]));
  }
  if (buffer === undefined) throw new ActionError(`You are not in ${name}`);
  client.removeBuffer(name);
  ui.onBufferClosed(name);
}

function go(ui: CommandUi, rest: string): void {
  const [name] = firstWord(rest);
  const open = buffersInOrder(ui.client.state).map((buffer) => buffer.name);
  if (name === "") {
    const next = nextBuffer(ui.client.state, ui.activeBuffer, 1);
    if (next === undefined) throw new ActionError("You have not joined a channel yet: write /join #CHANNEL");
    return ui.show(next);
  }
  const bare = (text: string): string => text.replace(/^[#&]/, "").toLowerCase();
  const found = findBuffer(ui.client.state, name)?.name ??
    open.find((one) => bare(one).startsWith(bare(name)));
  if (found === undefined) {
    throw new ActionError(`Cannot show ${name}: it is not open; write /join #CHANNEL or /query NICK`);
  }
  ui.show(found);
}

async function topic(ui: CommandUi, rest: string): Promise<void> {
  const [channel, text] = channelFirst(ui, rest);
  const { client } = ui;
  if (text !== "") return client.server.command("TOPIC", channel, text);
  const known = findBuffer(client.state, channel);
  if (known?.joined) return ui.note(topicWords(client.state, channel, known.topic, ""));
  const matcher = matchNumerics([
    "RPL_NOTOPIC",
    "RPL_TOPIC",
    "ERR_NOSUCHCHANNEL",
    "ERR_NOTONCHANNEL",
    "ERR_NEEDMOREPARAMS",
  ]);
  const [found] = numericsIn(await client.server.ask(`TOPIC ${channel}`, matcher), "RPL_TOPIC");
  ui.note(topicWords(client.state, channel, found?.params.at(-1) ?? "", ""));
}

async function names(ui: CommandUi, rest: string): Promise<void> {
  const [asked] = firstWord(rest);
  const channel = asked === "" ? activeChannel(ui) : asked;
  const { client } = ui;
  if (findBuffer(client.state, channel)?.joined) {
    return ui.note(memberWords(client.state, channel));
  }
  const matcher = matchNumerics(["RPL_ENDOFNAMES", "ERR_NOSUCHCHANNEL", "ERR_NEEDMOREPARAMS"], [
    "RPL_NAMREPLY",
  ]);
  const people = numericsIn(await client.server.request(`NAMES ${channel}`, matcher), "RPL_NAMREPLY")
    .flatMap(({ params }) => (params[3] ?? "").split(" "));
  const nicks = people.filter((one) => one !== "").map((one) => plainName(one.replace(/!.*$/, "")));
  ui.note(
    nicks.length === 0
      ? `${plainName(channel)} is empty or hidden`
      : `${plainName(channel)}: ${nicks.join(", ")}`,
  );
}

async function list(ui: CommandUi, rest: string): Promise<void> {
  const [pattern] = firstWord(rest);
  const matcher = matchNumerics(["RPL_LISTEND", "RPL_TRYAGAIN"], ["RPL_LISTSTART", "RPL_LIST"]);
  const answer = await ui.client.server.ask(pattern === "" ? "LIST" : `LIST ${pattern}`, matcher);
  for (const line of listLines(answer, ui.maxListed)) ui.note(line);
}

/** The channel, and the one word that a command takes. */
function channelAndWord(
  ui: CommandUi,
  rest: string,
  usage: string,
): readonly [channel: string, word: string] {
  const [channel, words] = channelFirst(ui, rest);
  return [channel, requireWord(words, usage)[0]];
}

async function mode(ui: CommandUi, rest: string): Promise<void> {
  const [first, others] = firstWord(rest);
  const { client } = ui;
  const starts = /^([+-]|[beI]?$)/.test(first);
  const target = starts ? activeChannel(ui) : first;
  const changes = starts ? rest : others;
  const list = /^\+?([beI])$/.exec(changes)?.[1];
  if (list !== undefined) return await masks(ui, target, list);
  if (changes !== "") return client.server.command("MODE", target, ...changes.split(/\s+/));
  const matcher = matchNumerics([
    "RPL_CHANNELMODEIS",
    "RPL_UMODEIS",
    "ERR_NOSUCHCHANNEL",
    "ERR_NOSUCHNICK",
    "ERR_USERSDONTMATCH",
  ]);
  const [answer] = await client.server.ask(`MODE ${target}`, matcher);
  const isOwnModes = answer !== undefined && numericName(answer.command) === "RPL_UMODEIS";
  const [letters = "", ...values] = answer?.params.slice(isOwnModes ? 1 : 2) ?? [];
  if (/^\+?$/.test(letters)) return ui.note(`${plainName(target)} has no modes`);
  const words = isChannel(client.state, target) ? describeLetters(letters) : [];
  const meaning = words.length === 0 ? "" : `: ${words.join(", ")}`;
  ui.note(
    `${plainName(target)} has the modes ${[letters, ...values].map(plainName).join(" ")}${plain(meaning)}`,
  );
}

const lists: Readonly<Record<string, string>> = { b: "bans", e: "exceptions", I: "invite exceptions" };

/** Lists the masks of one mode of a channel. */
async function masks(ui: CommandUi, channel: string, letter: string): Promise<void> {
  const matcher = matchNumerics([
    "RPL_ENDOFINVEXLIST",
    "RPL_ENDOFEXCEPTLIST",
    "RPL_ENDOFBANLIST",
    "ERR_NOSUCHCHANNEL",
    "ERR_NOTONCHANNEL",
    "ERR_UNKNOWNMODE",
    "ERR_CHANOPRIVSNEEDED",
  ], ["RPL_INVEXLIST", "RPL_EXCEPTLIST", "RPL_BANLIST"]);
  const answer = await ui.client.server.ask(`MODE ${channel} ${letter}`, matcher);
  for (const line of maskLines(answer, channel, lists[letter] ?? "masks")) ui.note(line);
}

/** The channel that the words begin with, else the active one, and the words after it. */
function channelFirst(ui: CommandUi, rest: string): readonly [channel: string, rest: string] {
  const [first, others] = firstWord(rest);
  return isChannel(ui.client.state, first) ? [first, others] : [activeChannel(ui), rest.trim()];
}

function activeChannel(ui: CommandUi): string {
  const name = ui.target();
  if (!isChannel(ui.client.state, name)) {
    throw new ActionError(`${plainName(name)} is not a channel: write the name of the channel too`);
  }
  return name;
}
