/** Refusals by the server → one sentence that names what was refused. */

import { asciiNick } from "../../irc/ascii_name.ts";
import type { Message } from "../../irc/message.ts";
import type { NumericName } from "../../irc/numerics.ts";
import { numericName } from "../../irc/numerics.ts";
import { ActionError } from "./action_error.ts";
import type { State } from "./state.ts";
import { isChannel } from "./state.ts";

/** The sentence for a numeric; "%" is the target. */
const sentences: Readonly<Partial<Record<NumericName, string>>> = {
  ERR_NOSUCHNICK: "There is nobody called % here",
  ERR_NOSUCHSERVER: "There is no server called %",
  ERR_NOSUCHCHANNEL: "There is no channel %",
  ERR_CANNOTSENDTOCHAN: "Cannot send to %",
  ERR_TOOMANYCHANNELS: "Cannot join %: you are in too many channels",
  ERR_WASNOSUCHNICK: "There was nobody called % here",
  ERR_UNKNOWNCOMMAND: "The server does not know the command %",
  ERR_ERRONEUSNICKNAME: "Cannot use the name %: this server does not allow it; use the letters A to Z",
  ERR_NICKNAMEINUSE: "Cannot use the name %: another person uses it",
  ERR_BANONCHAN: "Cannot take the name %: you are banned or muted in a channel",
  ERR_NICKCOLLISION: "Cannot use the name %: another person uses it",
  ERR_USERNOTINCHANNEL: "% is not in that channel",
  ERR_NOTONCHANNEL: "You are not in %",
  ERR_USERONCHANNEL: "% is already in that channel",
  ERR_NEEDMOREPARAMS: "The command % needs more words",
  ERR_CHANNELISFULL: "Cannot join %: it is full",
  ERR_UNKNOWNMODE: "The server does not know the mode %",
  ERR_INVITEONLYCHAN: "Cannot join %: you need an invitation",
  ERR_BANNEDFROMCHAN: "Cannot join %: you are banned",
  ERR_BADCHANNELKEY: "Cannot join %: it needs a key, as in /join % KEY",
  ERR_BADCHANMASK: "Cannot join %: this is not a valid channel name",
  ERR_BADCHANNAME: "Cannot join %: this is not a valid channel name",
  ERR_NEEDREGGEDNICK: "Cannot join %: you need an account",
  ERR_CHANOPRIVSNEEDED: "You are not an operator of %",
  ERR_SECUREONLYCHAN: "Cannot join %: you need an encrypted connection",
};

/** Numerics of a login; the login itself reports them. */
const ofLogin = /^(902|90[4-7])$/;

/** Whether a reply with this code refuses something. */
export function isRefusalCode(code: string): boolean {
  if (ofLogin.test(code)) return false;
  const name = numericName(code);
  return /^[45]\d\d$/.test(code) || name === "RPL_TRYAGAIN" || name?.startsWith("ERR_") === true;
}

/** One sentence; with the words of the server when they say more than ours. */
export function refusalSentence(state: State, code: string, target: string, words: string): string {
  const name = numericName(code);
  const sentence = name && sentences[name];
  const saysMore = name === "ERR_NEEDMOREPARAMS" && !/^not enough parameters/i.test(words);
  if (name === undefined || sentence === undefined || target === "" || target === "*" || saysMore) {
    const said = words || `The server refused this (${code})`;
    return target === "" || target === "*" ? said : `${target}: ${said}`;
  }
  if (name === "ERR_NOSUCHNICK" && words.startsWith("This user is ")) {
    return words.replace("This user", () => target);
  }
  if (name === "ERR_NEEDREGGEDNICK" && !isChannel(state, target)) {
    return `Cannot write to ${target}: you need an account`;
  }
  const reason = reasonOf(state, name, target, words);
  const ours = (reason === "" ? sentence : sentence.replace(/:.*/, "")).replaceAll("%", () => target);
  return reason === "" ? ours : `${ours}: ${reason}`;
}

/** The reason that is better than the one of our sentence; "" if there is none. */
function reasonOf(state: State, name: NumericName, target: string, words: string): string {
  switch (name) {
    case "ERR_CANNOTSENDTOCHAN": {
      const reason = words.replace(/\(\+?\w{0,8}\)$/, "").trimEnd();
      return isChannel(state, target) && !/^cannot send to (channel|nick)/i.test(reason) ? reason : "";
    }
    case "ERR_ERRONEUSNICKNAME": {
      const fault = /nickname: (it (?:mixes|has) .*)/i.exec(words)?.[1];
      if (fault !== undefined) return fault;
      const ascii = asciiNick(target);
      return ascii === undefined
        ? ""
        : `this server does not allow it; use the letters A to Z, as in ${ascii}`;
    }
    case "ERR_NICKNAMEINUSE":
    case "ERR_NICKCOLLISION":
      if (/in use:/i.test(words)) return words.replace(/^.*?in use:\s*/i, "");
      return /in use|collision|taken/i.test(words)
        ? ""
        : words.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
    case "ERR_BADCHANNAME":
      return words.replace(/^illegal channel name:?\s*/i, "");
    case "ERR_NOSUCHCHANNEL": {
      const longest = Number(state.isupport.get("CHANNELLEN"));
      return target.length > longest ? `its name is longer than ${longest} characters` : "";
    }
    default:
      return "";
  }
}

/** Throws an ActionError with the first refusal in an answer. */
export function throwRefusal(state: State, answer: readonly Message[]): void {
  const refused = answer.find(({ command }) => isRefusalCode(command) || command === "FAIL");
  if (refused === undefined) return;
  const { command, params } = refused;
  const target = command !== "FAIL" && params.length > 2 ? params[1] ?? "" : "";
  throw new ActionError(refusalSentence(state, command, target, params.at(-1) ?? ""));
}
