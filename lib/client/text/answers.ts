/** The answers of a server to our questions (WHOIS, LIST) → lines of words. Pure. */

import type { Message } from "../../irc/message.ts";
import { withoutFormatting } from "./formatting.ts";
import { plain, plainName } from "./plain.ts";

/** What WHOIS tells, one line for each thing; codes we do not know are shown as the server words them. */
export function whoisLines(messages: readonly Message[]): string[] {
  const named = messages.some(({ command }) => command === "338");
  return messages.filter(({ command }) => !(named && command === "378"))
    .map((message) => whoisLine(message)).filter((line) => line !== "");
}

function whoisLine({ command, params }: Message): string {
  const [, nick = "", one = "", two = "", three = ""] = params.map(plain);
  const last = plain(params.at(-1) ?? "");
  switch (command) {
    case "311":
      return `${nick} is ${last} (${one}@${two})`;
    case "301":
      return `${nick} is away: ${one}`;
    case "312":
      return `${nick} is connected to ${one}${two === "" ? "" : ` (${two})`}`;
    case "317":
      return `${nick} has been silent for ${span(Number(one))}${signOn(two, three)}`;
    case "319":
      return `${nick} is in ${one.trim()}`;
    case "330":
      return `${nick} has the account ${one}`;
    case "338":
      return `${nick} comes from ${params.slice(2, -1).map(plain).join(" ") || last}`;
    case "379":
      return /\+$/.test(last) ? "" : `${nick} ${last}`;
    case "318":
      return "";
    default:
      return `${nick} ${last}`;
  }
}

function signOn(seconds: string, words: string): string {
  const time = timeOf(seconds);
  return words === "" || time === "" ? "" : `, here since ${time}`;
}

/** "2026-01-31 09:30 UTC" of seconds since 1970; "" when that is no time. */
function timeOf(seconds: string): string {
  const time = new Date(Number(seconds) * 1000);
  return Number.isNaN(time.getTime()) ? "" : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function span(seconds: number): string {
  if (!(seconds >= 60)) return `${Math.max(0, Math.round(seconds) || 0)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}

/** The rooms LIST told of, the fullest first. */
export function listLines(messages: readonly Message[]): string[] {
  const rooms = messages.filter(({ command }) => command === "322").map(({ params }) => ({
    name: plainName(params[1] ?? ""),
    people: Number(params[2]) || 0,
    topic: withoutFormatting(params[3] ?? "").replace(/^\[\+\w*\] ?/, ""),
  }));
  if (rooms.length === 0) return ["There are no rooms to see"];
  const width = Math.min(24, Math.max(...rooms.map(({ name }) => name.length)));
  return rooms.sort((one, other) => other.people - one.people || (one.name < other.name ? -1 : 1))
    .map(({ name, people, topic }) =>
      `${name.padEnd(width)} ${String(people).padStart(5)}  ${topic}`.trimEnd()
    );
}

/** The masks a room keeps for a mode ("ban list" of +b and its like): numerics 346, 348 and 367. */
export function maskLines(messages: readonly Message[], room: string, what: string): string[] {
  const lines = messages.filter(({ command }) => ["346", "348", "367"].includes(command)).map(
    ({ params }) => {
      const [, , mask = "", by = "", seconds = ""] = params.map(plainName);
      const set = [by.replace(/!.*$/, ""), timeOf(seconds || "none")].filter((word) => word !== "").join(
        ", ",
      );
      return set === "" ? mask : `${mask} (${set})`;
    },
  );
  return lines.length === 0 ? [`${plainName(room)} has no ${what}`] : lines;
}

/** The first refusal in an answer, in the server's words; undefined when it was granted. */
export function refusalIn(messages: readonly Message[]): Message | undefined {
  return messages.find(({ command }) => /^[45]\d\d$/.test(command) || command === "FAIL");
}
