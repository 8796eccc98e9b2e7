/** PRIVMSG, NOTICE and TAGMSG. */
import type { MessageCommand } from "../apply/event.ts";
import { refuse } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { maxTargets } from "../render/isupport.ts";
import { addBatchLine } from "./batch.ts";
import { forEach, splitTargets } from "./channel.ts";
import { sendMessage } from "./send_message.ts";
import { refuseFurtherTargets } from "./target_limit.ts";

/** The commands of this file. */
export const messageCommands: CommandTable = {
  PRIVMSG: {
    usage: "<target>{,<target>} <text>",
    help: "Sends a message",
    run: (call) => runMessage(call, "PRIVMSG"),
  },
  NOTICE: {
    usage: "<target>{,<target>} <text>",
    help: "Sends a message that programs do not answer",
    run: (call) => runMessage(call, "NOTICE"),
  },
  TAGMSG: {
    usage: "<target>{,<target>}",
    help: "Sends tags without text: typing, reactions",
    run: (call) => runMessage(call, "TAGMSG"),
  },
};

function runMessage(call: Call, command: MessageCommand): void | Promise<void> {
  const { params, session, message } = call;
  const [targets = "", text = ""] = params;
  if (command !== "TAGMSG" && (session.batch !== undefined || message.tags.has("batch"))) {
    return addBatchLine(call, command);
  }
  if (targets === "") refuse("ERR_NORECIPIENT", `No recipient given (${command})`);
  if (command !== "TAGMSG" && text === "") refuse("ERR_NOTEXTTOSEND");
  if (!targets.includes(",")) return sendTo(call, command, targets, text);
  const names = splitTargets(targets);
  if (names.length === 0) refuse("ERR_NORECIPIENT", `No recipient given (${command})`);
  const pending = forEach(names.slice(0, maxTargets), (name) => sendTo(call, command, name, text));
  const end = () => refuseFurtherTargets(session, names);
  return pending ? pending.then(end) : end();
}

function sendTo(call: Call, command: MessageCommand, name: string, text: string): void | Promise<void> {
  return sendMessage(call, name, { command, text, tags: clientTags(call.message.tags) });
}

function clientTags(tags: ReadonlyMap<string, string>): [string, string][] | undefined {
  if (tags.size === 0) return undefined;
  const own = [...tags].filter(([name]) => name.startsWith("+"));
  return own.length === 0 ? undefined : own;
}
