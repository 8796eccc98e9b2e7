/** HELP, from the rows of the command tables: what there is, and what one command takes. */
import type { Call, Command, CommandTable } from "../hub/command.ts";
import { packWords } from "../../irc/wrap.ts";

const row = { usage: "[<command>]", help: "Tells what commands there are, or about one of them", run: help };

/** The rows of this topic. */
export const helpCommands: CommandTable = { HELP: row, HELPOP: row };

function help(call: Call): void {
  const { hub, session, params } = call;
  const subject = (params[0] ?? "").toUpperCase();
  if (subject === "" || subject === "*" || subject === "INDEX") return sendIndex(call);
  const command = hub.commands.get(subject);
  if (command === undefined) return session.reply("ERR_HELPNOTFOUND", params[0] ?? "*");
  const note = isForOperators(command) ? " (server operators only)" : "";
  session.reply("RPL_HELPSTART", subject, `${subject} ${command.usage}`.trim());
  session.reply("RPL_HELPTXT", subject, command.help + note);
  session.reply("RPL_ENDOFHELP", subject, "End of help");
}

function sendIndex({ hub, session, user }: Call): void {
  const names = [...hub.commands]
    .filter(([, command]) => user.modes.has("o") || !isForOperators(command))
    .map(([name]) => name).sort();
  session.reply("RPL_HELPSTART", "*", "HELP <command> tells what a command takes. There are:");
  for (const line of packWords(names, 400)) session.reply("RPL_HELPTXT", "*", line);
  session.reply("RPL_ENDOFHELP", "*", "End of help");
}

function isForOperators(command: Command): boolean {
  return !command.early && command.oper === true;
}
