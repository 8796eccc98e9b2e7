/**
 * Reads numerics. The few that carry state (001, 005, topic, names) have a row; the rest are words of the server to
 * us: 4xx and 5xx refuse something, others tell something. Refusals get a sentence that names what was refused.
 */

import { withAllNames, withNames } from "./presence.ts";
import type { State } from "./state.ts";
import { isChannel, isOwn, withBuffer } from "./state.ts";
import type { Arrival, Receiver, Step } from "./step.ts";
import { nothing } from "./step.ts";

const rows: Readonly<Record<string, Receiver>> = {
  "001": welcome,
  "002": nothing,
  "003": nothing,
  "004": nothing,
  "005": isupport,
  "221": nothing,
  "301": personAway,
  "305": (state) => ({ state: { ...state, away: undefined }, events: [ownAway(state, undefined)] }),
  "306": (state) => ({ state, events: [ownAway(state, state.away ?? "")] }),
  "324": nothing,
  "329": nothing,
  "331": (state, { message }) => topicTold(state, message.params[1], ""),
  "332": (state, { message }) => topicTold(state, message.params[1], message.params[2]),
  "333": nothing,
  "341": (state, { message: { params: [by = "", who = "", channel = ""] } }) => ({
    state,
    events: [{ kind: "invited", channel, by, who, own: false }],
  }),
  "353": (state, { message }) => nothing(withNames(state, message.params[2] ?? "", message.params[3] ?? "")),
  "366": endOfNames,
  "372": (state, { message }) => ({
    state,
    events: [{
      kind: "server notice",
      from: message.source,
      text: (message.params.at(-1) ?? "").replace(/^- ?/, ""),
    }],
  }),
  "375": nothing,
  "376": welcomed,
  "422": welcomed,
  "900": loggedIn,
  "901": (state) => ({
    state: { ...state, account: "" },
    events: [{ kind: "status", status: "logged out" }],
  }),
};

/** The row for a numeric; undefined for a command that is none. */
export function replyRow(command: string): Receiver | undefined {
  if (!/^\d{3}$/.test(command)) return undefined;
  return rows[command] ?? (/^([45]|696)/.test(command) ? refused : told);
}

function welcome(state: State, { message }: Arrival): Step {
  return nothing({ ...state, nick: message.params[0] ?? state.nick, registered: true });
}

function loggedIn(state: State, { message }: Arrival): Step {
  const [, , name = ""] = message.params;
  return { state: { ...state, account: name }, events: [{ kind: "status", status: "logged in", name }] };
}

/** The end of what every server says on entering. */
function welcomed(state: State): Step {
  return nothing({ ...state, welcomed: true });
}

function isupport(state: State, { message }: Arrival): Step {
  const tokens = new Map(state.isupport);
  for (const token of message.params.slice(1, -1)) {
    const [, removed, name = "", value = ""] = /^(-?)([^=]+)=?(.*)$/s.exec(token) ?? [];
    if (removed === "-") tokens.delete(name);
    else if (name !== "") tokens.set(name, unescapeToken(value));
  }
  return nothing({ ...state, isupport: tokens, network: tokens.get("NETWORK") ?? state.network });
}

/** "\x20" and the like stand for characters that a token cannot hold. */
function unescapeToken(value: string): string {
  return value.replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function topicTold(state: State, buffer = "", topic = ""): Step {
  return {
    state: withBuffer(state, buffer, (room) => ({ ...room, topic })),
    events: [{ kind: "topic", buffer, topic, by: "" }],
  };
}

function endOfNames(state: State, { message }: Arrival): Step {
  const buffer = message.params[1] ?? "";
  return { state: withAllNames(state, buffer), events: [{ kind: "members", buffer }] };
}

function personAway(state: State, { message }: Arrival): Step {
  const [, nick = "", reason = ""] = message.params;
  return { state, events: [{ kind: "away", who: { nick }, own: false, reason }] };
}

function ownAway(state: State, reason: string | undefined): Step["events"][number] {
  return { kind: "away", who: { nick: state.nick }, own: true, reason };
}

/** Everything but our own nick, which stands first in every numeric. Counts of users on entering are left out. */
function told(state: State, { message }: Arrival): Step {
  if (!state.welcomed) return nothing(state);
  const [first = "", ...others] = message.params;
  const words = isOwn(state, first) || first === "*" ? others : message.params;
  return { state, events: [{ kind: "server notice", from: message.source, text: words.join(" ") }] };
}

function refused(state: State, { message, label }: Arrival): Step {
  const code = message.command;
  const target = message.params.length > 2 ? message.params[1] ?? "" : "";
  const text = refusal(state, code, target, message.params.at(-1) ?? "");
  return {
    state,
    events: [{ kind: "refused", code, target, text, ...(label !== undefined && { label }) }],
  };
}

/** What each refusal means; "%" stands for what it is about. */
const sentences: Readonly<Record<string, string>> = {
  "401": "There is nobody called % here",
  "402": "There is no server called %",
  "403": "There is no room %",
  "404": "Cannot send to %",
  "405": "Cannot join %: you are in too many rooms",
  "406": "There was nobody called % here",
  "421": "The server does not know the command %",
  "432": "Cannot use the name %: the server does not allow it",
  "433": "Cannot use the name %: somebody has it already",
  "436": "Cannot use the name %: somebody has it already",
  "441": "% is not in that room",
  "442": "You are not in %",
  "443": "% is in that room already",
  "461": "% needs more words after it",
  "471": "Cannot join %: it is full",
  "472": "The server does not know the mode %",
  "473": "Cannot join %: it is by invitation only",
  "474": "Cannot join %: you are banned there",
  "475": "Cannot join %: it needs a key, as in /join % KEY",
  "476": "Cannot join %: that is no name for a room",
  "477": "Cannot join %: it is only for those with an account",
  "482": "You are not an operator of %",
  "489": "Cannot join %: it is only for those on a secure connection",
};

/** One sentence; the server's own words where they say more than ours would. */
export function refusal(state: State, code: string, target: string, words: string): string {
  const sentence = sentences[code];
  if (sentence === undefined) return target === "" || target === "*" ? words : `${target}: ${words}`;
  if (target === "") return words;
  const ours = sentence.replaceAll("%", () => target);
  const says = words.replace(/\s*\(\+?\w*\)$/, "");
  return code === "404" && isChannel(state, target) && !/^cannot send to (channel|nick)/i.test(says)
    ? `${ours}: ${says}`
    : ours;
}
