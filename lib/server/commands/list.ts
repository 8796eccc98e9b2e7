/** LIST: the channels, filtered by the conditions of ELIST=CMNTU. */
import { compileMask } from "../../irc/compiled_mask.ts";
import { isMask } from "../../irc/mask.ts";
import { fold } from "../../irc/names.ts";
import type { Channel } from "../chat/channel.ts";
import { isHidden } from "../chat/visibility.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { maxListed } from "../render/isupport.ts";
import { reply } from "../render/reply.ts";
import { splitTargets } from "./channel.ts";
import { inTurns } from "./in_turns.ts";
import { refuseFurtherTargets } from "./target_limit.ts";

/** The commands of this file. */
export const listCommands: CommandTable = {
  LIST: {
    usage: "[<channel or mask>{,<channel or mask>}] [<condition>{,<condition>}]",
    help:
      "Lists channels: #te*, !*mask, >5 or <5 members, C>60 created or T<60 topic set that many minutes ago",
    run: list,
  },
};

type Condition = (channel: Channel, nowMs: number) => boolean;

/** The filter of LIST: any of the names, and all conditions. */
interface Filter {
  readonly names: readonly Condition[];
  readonly conditions: readonly Condition[];
}

function list(call: Call): void | Promise<void> {
  const { chat, session, user, params } = call;
  const words = params.slice(0, 2).flatMap(splitTargets);
  const filter = parseFilter(words.slice(0, maxListed));
  const nowMs = chat.now();
  reply(session, "RPL_LISTSTART", "Channel");
  const pending = inTurns(session, chat.channels.values(), (channel) => {
    if (isHidden(channel, user) || !passes(filter, channel, nowMs)) return;
    reply(session, "RPL_LIST", channel.name, String(channel.members.size), channel.topic?.text ?? "");
  });
  const end = () => {
    refuseFurtherTargets(session, words, maxListed);
    reply(session, "RPL_LISTEND");
  };
  return pending ? pending.then(end) : end();
}

function passes({ names, conditions }: Filter, channel: Channel, nowMs: number): boolean {
  return (names.length === 0 || names.some((one) => one(channel, nowMs))) &&
    conditions.every((one) => one(channel, nowMs));
}

/** Conditions and names can be in both parameters, because clients mix them. */
function parseFilter(words: readonly string[]): Filter {
  const names: Condition[] = [];
  const conditions: Condition[] = [];
  for (const word of words) {
    const condition = parseCondition(word);
    if (condition !== undefined) conditions.push(condition);
    else names.push(parseName(word));
  }
  return { names, conditions };
}

function parseName(word: string): Condition {
  if (isMask(word)) {
    const matches = compileMask(word);
    return (channel) => matches(channel.folded);
  }
  const folded = fold(word);
  return (channel) => channel.folded === folded;
}

/** ">5", "C<60", "!mask"; undefined for anything else. */
function parseCondition(word: string): Condition | undefined {
  if (word.startsWith("!") && word.length > 1) {
    const matches = compileMask(word.slice(1));
    return (channel) => !matches(channel.folded);
  }
  const [, property = "", sign, digits] = /^([CT]?)([<>])(\d{1,9})$/i.exec(word) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(digits);
  const compare = (one: number) => sign === ">" ? one > value : one < value;
  if (property === "") return (channel) => compare(channel.members.size);
  return (channel, nowMs) => {
    const at = property.toUpperCase() === "C" ? channel.createdAt : channel.topic?.at;
    return at !== undefined && compare((nowMs / 1000 - at) / 60);
  };
}
