/** The answers of a server to WHOIS, LIST and lists of masks → lines of text. Pure. */

import type { Message } from "../../irc/message.ts";
import { numericName } from "../../irc/numerics.ts";
import { numericsIn } from "../core/requests.ts";
import { withoutFormatting } from "./formatting.ts";
import { plain, plainName } from "./plain.ts";

/** The answer to WHOIS, one line for each fact; unknown numerics keep the server's words. */
export function whoisLines(messages: readonly Message[]): string[] {
  // Both numerics contain the address of the person; one is enough.
  const hosts = numericsIn(messages, "RPL_WHOISACTUALLY").length > 0
    ? numericsIn(messages, "RPL_WHOISHOST")
    : [];
  return messages.filter((message) => !hosts.includes(message))
    .map((message) => whoisLine(message)).filter((line) => line !== "");
}

function whoisLine({ command, params }: Message): string {
  const [, nick = "", one = "", two = "", three = ""] = params.map(withoutFormatting);
  const last = withoutFormatting(params.at(-1) ?? "");
  switch (numericName(command)) {
    case "RPL_WHOISUSER":
      return `${nick} is ${last} (${one}@${two})`;
    case "RPL_AWAY":
      return `${nick} is away: ${one}`;
    case "RPL_WHOISSERVER":
      return `${nick} is connected to ${one}${two === "" ? "" : ` (${two})`}`;
    case "RPL_WHOISIDLE":
      return `${nick} has been idle for ${duration(Number(one))}${signOn(two, three)}`;
    case "RPL_WHOISCHANNELS":
      return `${nick} is in ${one.trim()}`;
    case "RPL_WHOISACCOUNT":
      return `${nick} has the account ${one}`;
    case "RPL_WHOISACTUALLY":
      return `${nick} connects from ${params.slice(2, -1).map(plain).join(" ") || last}`;
    case "RPL_WHOISMODES":
      return /\+$/.test(last) ? "" : `${nick} ${last}`;
    case "RPL_ENDOFWHOIS":
      return "";
    default:
      return `${nick} ${last}`;
  }
}

function signOn(seconds: string, words: string): string {
  const time = timeOf(seconds);
  return words === "" || time === "" ? "" : `, online since ${time}`;
}

/** "2026-01-31 09:30 UTC" for seconds since 1970; "" for another text. */
function timeOf(seconds: string): string {
  const time = new Date(Number(seconds) * 1000);
  return Number.isNaN(time.getTime()) ? "" : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function duration(seconds: number): string {
  if (!(seconds >= 60)) return `${Math.max(0, Math.round(seconds) || 0)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

/**
 * The channels of an answer to LIST, those with the most people first. Where they are more than `max`, the last line
 * says how many more there are.
 */
export function listLines(messages: readonly Message[], max = Infinity): string[] {
  const channels = numericsIn(messages, "RPL_LIST").map(({ params }) => ({
    name: plainName(params[1] ?? ""),
    people: Number(params[2]) || 0,
    topic: withoutFormatting(params[3] ?? "").replace(/^\[\+\w*\] ?/, ""),
  }));
  if (channels.length === 0) return ["This server shows no channels"];
  const shown = channels.sort((one, other) => other.people - one.people || (one.name < other.name ? -1 : 1))
    .slice(0, max);
  const width = Math.min(24, shown.reduce((most, { name }) => Math.max(most, name.length), 0));
  const lines = shown.map(({ name, people, topic }) =>
    `${name.padEnd(width)} ${String(people).padStart(5)}  ${topic}`.trimEnd()
  );
  const hidden = channels.length - shown.length;
  if (hidden === 0) return lines;
  return [
    ...lines,
    `and ${hidden.toLocaleString("en")} more: /list *WORD* lists those with WORD in the name`,
  ];
}

/** The masks of one list of a channel; `name` is the name of the list, as "bans". */
export function maskLines(messages: readonly Message[], channel: string, name: string): string[] {
  const lines = numericsIn(messages, "RPL_INVEXLIST", "RPL_EXCEPTLIST", "RPL_BANLIST").map(
    ({ params }) => {
      const [, , mask = "", by = "", seconds = ""] = params.map(plainName);
      const set = [by.replace(/!.*$/, ""), timeOf(seconds || "none")].filter((word) => word !== "").join(
        ", ",
      );
      return set === "" ? mask : `${mask} (${set})`;
    },
  );
  return lines.length === 0 ? [`${plainName(channel)} has no ${name}`] : lines;
}
