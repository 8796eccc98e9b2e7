/** Talking: PRIVMSG, NOTICE, TAGMSG. */
import type { Call, CommandTable } from "../hub/command.ts";
import type { MessageCommand, MessageTarget } from "../hub/event.ts";
import { maxTargets } from "../hub/isupport.ts";
import { numericRefusal, type Refusal, refuse } from "../hub/refusal.ts";
import { forEach, splitTargets } from "./channel.ts";

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
  const { params } = call;
  const [targets = "", text = ""] = params;
  if (targets === "") refuse("ERR_NORECIPIENT", `No recipient given (${command})`);
  if (command !== "TAGMSG" && text === "") refuse("ERR_NOTEXTTOSEND");
  if (!targets.includes(",")) return sayTo(call, command, targets, text);
  const names = splitTargets(targets);
  if (names.length > maxTargets) refuse("ERR_TOOMANYTARGETS", targets);
  return forEach(names, (name) => sayTo(call, command, name, text));
}

function sayTo(call: Call, command: MessageCommand, name: string, text: string): void | Promise<void> {
  const { hub, session, user, message } = call;
  const target = resolve(call, name);
  // A NOTICE is never answered by an error, so that two programs cannot keep answering each other.
  if ("refusal" in target) return command === "NOTICE" ? undefined : session.refuse(target);
  const tags = clientTags(message.tags);
  return hub.commit(
    { kind: "message", user: user.id, command, target, text, ...(tags && { tags }) },
    session,
  );
}

function resolve({ hub, user }: Call, name: string): MessageTarget | Refusal {
  if (!name.startsWith("#")) {
    const found = hub.find(name);
    return found ? { kind: "user", id: found.id } : numericRefusal("ERR_NOSUCHNICK", name);
  }
  const channel = hub.channel(name);
  if (channel === undefined) return numericRefusal("ERR_NOSUCHCHANNEL", name);
  if (channel.flags.has("n") && !channel.members.has(user)) {
    return numericRefusal("ERR_CANNOTSENDTOCHAN", channel.name);
  }
  return { kind: "channel", name: channel.name };
}

function clientTags(tags: ReadonlyMap<string, string>): [string, string][] | undefined {
  if (tags.size === 0) return undefined;
  const own = [...tags].filter(([name]) => name.startsWith("+"));
  return own.length === 0 ? undefined : own;
}
