/** Talking: PRIVMSG, NOTICE, TAGMSG. */
import type { Call, CommandTable } from "../hub/command.ts";
import type { MessageCommand, MessageTarget } from "../hub/event.ts";
import type { Hub } from "../hub/hub.ts";
import { maxTargets } from "../hub/isupport.ts";
import { isHidden, refusalToMessage, refusalToSpeak } from "../hub/permission.ts";
import { numericRefusal, type Refusal, refuse } from "../hub/refusal.ts";
import type { MessageLine } from "../hub/multiline.ts";
import { addLine } from "./batch.ts";
import type { User } from "../hub/user.ts";
import { utf8Bytes } from "../irc/lines.ts";
import { lowestPrefix } from "../irc/modes.ts";
import { forEach, splitTargets } from "./channel.ts";
import { askNickServ, isNickServ } from "./services.ts";

/** The rows of this topic. */
export const talkCommands: CommandTable = {
  PRIVMSG: {
    usage: "<target>{,<target>} <text>",
    help: "Says something",
    run: (call) => talk(call, "PRIVMSG"),
  },
  NOTICE: {
    usage: "<target>{,<target>} <text>",
    help: "Says something no program answers",
    run: (call) => talk(call, "NOTICE"),
  },
  TAGMSG: {
    usage: "<target>{,<target>}",
    help: "Sends tags alone: typing, reactions",
    run: (call) => talk(call, "TAGMSG"),
  },
};

function talk(call: Call, command: MessageCommand): void | Promise<void> {
  const { params, session, message } = call;
  const [targets = "", text = ""] = params;
  if (command !== "TAGMSG" && (session.batch !== undefined || message.tags.has("batch"))) {
    return addLine(call, command);
  }
  if (targets === "") refuse("ERR_NORECIPIENT", `No recipient given (${command})`);
  if (command !== "TAGMSG" && text === "") refuse("ERR_NOTEXTTOSEND");
  if (!targets.includes(",")) return sayTo(call, command, targets, text);
  const names = splitTargets(targets);
  if (names.length > maxTargets) refuse("ERR_TOOMANYTARGETS", targets);
  return forEach(names, (name) => sayTo(call, command, name, text));
}

function sayTo(call: Call, command: MessageCommand, name: string, text: string): void | Promise<void> {
  return say(call, name, { command, text, tags: clientTags(call.message.tags) });
}

/** What is said, to whomever. */
export interface Said {
  readonly command: MessageCommand;
  readonly text: string;
  readonly lines?: readonly MessageLine[];
  readonly tags?: readonly (readonly [string, string])[] | undefined;
}

/** Says it to one target, or answers why not. */
export function say(call: Call, name: string, { command, text, lines, tags }: Said): void | Promise<void> {
  const { hub, session, user } = call;
  const target = resolve(call, name, text);
  // A NOTICE is never answered by an error, so that two programs cannot keep answering each other.
  if ("refusal" in target) {
    if (command === "PRIVMSG" && isNickServ(name)) return askNickServ(call, text);
    return command === "NOTICE" ? undefined : session.refuse(target);
  }
  if (isTooLong(hub, user, name, lines ?? [{ text }])) return session.reply("ERR_INPUTTOOLONG");
  return hub.commit(
    { kind: "message", user: user.id, command, target, text, ...(lines && { lines }), ...(tags && { tags }) },
    session,
  );
}

/** Whether a line would leave longer than LINELEN, as it leaves with the sender's source. It is refused, not cut. */
function isTooLong(hub: Hub, user: User, name: string, lines: readonly MessageLine[]): boolean {
  const room = hub.settings.lineBytes - user.source.length - name.length - ":  PRIVMSG  :\r\n".length;
  return lines.some(({ text }) => text.length * 3 > room && utf8Bytes(text) > room);
}

function resolve({ hub, user }: Call, name: string, text: string): MessageTarget | Refusal {
  const start = name.indexOf("#");
  if (start === 0) return resolveChannel(hub, user, name, text);
  const atLeast = start > 0 ? lowestPrefix(name.slice(0, start)) : undefined;
  if (atLeast !== undefined) return resolveChannel(hub, user, name.slice(start), text, atLeast);
  const found = hub.find(name);
  if (found === undefined) return numericRefusal("ERR_NOSUCHNICK", name);
  return refusalToMessage(found, user) ?? { kind: "user", id: found.id };
}

function resolveChannel(
  hub: Hub,
  user: User,
  name: string,
  text: string,
  atLeast?: string,
): MessageTarget | Refusal {
  const channel = hub.channel(name);
  if (channel === undefined || isHidden(channel, user)) return numericRefusal("ERR_NOSUCHCHANNEL", name);
  const refusal = refusalToSpeak(channel, user, text);
  if (refusal !== undefined) return refusal;
  return { kind: "channel", name: channel.name, ...(atLeast !== undefined && { atLeast }) };
}

function clientTags(tags: ReadonlyMap<string, string>): [string, string][] | undefined {
  if (tags.size === 0) return undefined;
  const own = [...tags].filter(([name]) => name.startsWith("+"));
  return own.length === 0 ? undefined : own;
}
