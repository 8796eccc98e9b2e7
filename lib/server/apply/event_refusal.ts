/** The refusal of an event that the server cannot accept at the moment, as the answer to the command that asked for it. */
import type { Refusal } from "../chat/refusal.ts";
import type { Event } from "./event.ts";

/** `FAIL command code target :sentence`. */
export function eventRefusal(event: Event, sentence: string, code = "TEMPORARILY_UNAVAILABLE"): Refusal {
  const command = event.kind === "message" ? event.command : commandNames[event.kind];
  const target = targetNameOf(event);
  const context = target === undefined ? [] : [target];
  return { refusal: "standard", params: [command, code, ...context, sentence] };
}

/** The channel, nick or account of an event, so that the user knows which command was refused. */
function targetNameOf(event: Event): string | undefined {
  if (event.kind === "message") {
    return event.target.kind === "channel" ? event.target.name : event.target.nick;
  }
  if (event.kind === "account created") return event.name;
  if (event.kind === "redacted" || event.kind === "marked") return event.target;
  if ("channel" in event) return event.channel;
  return "account" in event ? event.account : undefined;
}

/** The command that asks for each kind of event; "*" if none does, or several do. */
const commandNames: Readonly<Record<Exclude<Event["kind"], "message">, string>> = {
  "joined": "JOIN",
  "parted": "PART",
  "renamed": "NICK",
  "topic set": "TOPIC",
  "kicked": "KICK",
  "invited": "INVITE",
  "modes set": "MODE",
  "away set": "AWAY",
  "redacted": "REDACT",
  "marked": "MARKREAD",
  "real name set": "SETNAME",
  "host set": "CHGHOST",
  "user modes set": "MODE",
  "accept set": "ACCEPT",
  "killed": "KILL",
  "wallops": "WALLOPS",
  "server ban added": "UBAN",
  "server ban removed": "UBAN",
  "account created": "REGISTER",
  "password set": "ACCOUNT",
  "certificate added": "CERT",
  "certificate removed": "CERT",
  "sessions ended": "SESSIONS",
  "name freed": "ACCOUNT",
  "history opened": "ACCOUNT",
  "account removed": "ACCOUNT",
  "account suspended": "ACCOUNT",
  "account restored": "ACCOUNT",
  "role set": "ACCOUNT",
  "channel kept": "MODE",
  "channel released": "MODE",
  "files removed": "FILES",
  "file added": "*",
  "operator acted": "*",
  "operator entry lost": "*",
  "owner code made": "*",
  "logged in": "*",
  "arrived": "*",
  "attached": "*",
  "detached": "*",
  "given up": "*",
  "machine joined": "*",
  "machine suspected": "*",
  "machine heard": "*",
  "machine lost": "*",
};
