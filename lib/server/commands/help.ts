/** HELP, from the rows of the command tables: the list of commands, and the description of one command. */
import { packWords } from "../../irc/wrap.ts";
import type { Call, Command, CommandTable } from "../hub/command.ts";
import { reply } from "../render/reply.ts";

const row = { usage: "[<command>]", help: "Lists the commands, or describes one of them", run: help };

/** The commands of this file. */
export const helpCommands: CommandTable = { HELP: row, HELPOP: row };

function help(call: Call): void {
  const { server, session, params } = call;
  const subject = (params[0] ?? "").toUpperCase();
  if (subject === "" || subject === "*" || subject === "INDEX") return sendIndex(call);
  const command = server.commands.get(subject);
  if (command === undefined) return reply(session, "ERR_HELPNOTFOUND", params[0] ?? "*");
  const note = isForOperators(command) ? " (server operators only)" : "";
  reply(session, "RPL_HELPSTART", subject, `${subject} ${command.usage}`.trim());
  reply(session, "RPL_HELPTXT", subject, command.help + note);
  reply(session, "RPL_ENDOFHELP", subject, "End of help");
}

function sendIndex({ server, session, user }: Call): void {
  const names = [...server.commands]
    .filter(([, command]) => user.isOperator || !isForOperators(command))
    .map(([name]) => name).sort();
  reply(session, "RPL_HELPSTART", "*", "HELP <command> describes a command. The commands are:");
  for (const line of packWords(names, 400)) reply(session, "RPL_HELPTXT", "*", line);
  reply(session, "RPL_ENDOFHELP", "*", "End of help");
}

function isForOperators(command: Command): boolean {
  return !command.early && command.oper === true;
}
