/**
 * Input that starts with "/": one row for each command, used by dispatch, /help and completion. The function of a row
 * calls the client, and shows notes on the UI. It throws an ActionError when something is missing; the UI shows the
 * error. An unknown command is never sent as a message.
 */

import { withoutEnd } from "../text/text_ends.ts";
import { nearestWord } from "../../nearest_word.ts";
import { accountRows } from "./account.ts";
import { chatRows } from "./chat.ts";
import { peopleRows } from "./people.ts";
import { programRows } from "./program.ts";
import { fileRows } from "./files.ts";
import { messageRows } from "./messages.ts";
import { channelRows } from "./channels.ts";
import { operatorRows } from "./operators.ts";
import { selfRows } from "./self.ts";
import { ActionError } from "../state/action_error.ts";
import type { CommandUi, SlashRow, SlashTable } from "./command_ui.ts";

/** Every slash command by its name. */
export const slashCommands: SlashTable = {
  ...chatRows,
  ...peopleRows,
  ...messageRows,
  ...fileRows,
  ...channelRows,
  ...accountRows,
  ...selfRows,
  ...operatorRows,
  ...programRows,
  help: {
    usage: "[COMMAND]",
    help: "Lists all commands, or explains one",
    group: "Program",
    argumentKinds: ["command"],
    run: (ui, rest) => help(ui, rest),
  },
};

/** Runs a line of input: a command, or a message to the active buffer. Throws an ActionError. */
export async function runInput(ui: CommandUi, text: string): Promise<void> {
  const words = text.trim();
  if (words === "") throw new ActionError("Cannot send an empty message");
  if (!words.startsWith("/") || words.startsWith("//")) {
    // Spaces belong to the text, as in a line of code; newlines at its end do not.
    const whole = withoutEnd(text, /[\r\n]/);
    return say(ui, words.startsWith("//") ? whole.replace("//", "/") : whole);
  }
  const [, name = "", rest = ""] = /^\/(\S*)\s*([^]*)$/.exec(words) ?? [];
  const row = findCommand(name);
  if (row.isAvailable?.(ui) === false) {
    throw new ActionError(`Cannot use ${signature(row).split(" ")[0]} here`);
  }
  await row.run(ui, rest);
}

/** Whether the person expects a question for a password next, even if the command is misspelled or refused. */
export function expectsPassword(text: string): boolean {
  const [, written = ""] = /^\s*\/(?!\/)(\S+)/.exec(text) ?? [];
  const name = written.toLowerCase();
  const found = matchCommand(name) ?? matchCommand(nearestCommand(name) ?? "");
  if (found !== undefined) return found.asksPassword === true;
  return startingWith(name).some((other) => rowNamed(other)?.asksPassword);
}

/** The names of the commands that a UI has. */
export function commandsFor(ui: CommandUi): string[] {
  return Object.entries(slashCommands).filter(([, row]) => row.isAvailable?.(ui) !== false).map(([name]) =>
    name
  );
}

function say(ui: CommandUi, text: string): void {
  ui.send(ui.target(), "message", text);
}

/** The row of a name, an alias, or the beginning of exactly one name. */
export function matchCommand(written: string): SlashRow | undefined {
  const name = written.toLowerCase();
  const exact = rowNamed(name) ?? Object.values(slashCommands).find((row) => row.aliases?.includes(name));
  if (exact !== undefined) return exact;
  const [only, other] = startingWith(name);
  return only === undefined || other !== undefined ? undefined : rowNamed(only);
}

/** As matchCommand(), but throws an ActionError when there is no row; the error suggests a command. */
export function findCommand(written: string): SlashRow {
  const found = matchCommand(written);
  if (found !== undefined) return found;
  const matches = startingWith(written.toLowerCase());
  if (matches.length === 0) return refuseUnknown(written);
  const choices = `${matches.slice(0, -1).map((one) => `/${one}`).join(", ")} or /${matches.at(-1)}`;
  throw new ActionError(`Cannot use /${written.toLowerCase()}: it can mean ${choices}`);
}

function startingWith(name: string): string[] {
  return name === "" ? [] : Object.keys(slashCommands).filter((other) => other.startsWith(name));
}

function rowNamed(name: string): SlashRow | undefined {
  return Object.hasOwn(slashCommands, name) ? slashCommands[name] : undefined;
}

/** Common commands of servers that are no slash commands here. */
const serverCommands = new Set(
  "account admin backup die founder info ison kill kline links lusers monitor oper rehash restart stats uban userhost version wallops whowas"
    .split(" "),
);

function refuseUnknown(written: string): never {
  if (serverCommands.has(written.toLowerCase())) {
    throw new ActionError(
      `Unknown command /${written}: for the command of the server, write /quote ${written.toUpperCase()}`,
    );
  }
  const near = nearestCommand(written.toLowerCase());
  throw new ActionError(
    near === undefined
      ? `Unknown command /${written}: /help lists the commands, //${written} sends it as text`
      : `Unknown command /${written}: did you mean /${near}?`,
  );
}

/** The command that a misspelled name was meant to be. */
function nearestCommand(written: string): string | undefined {
  const names = Object.entries(slashCommands).flatMap(([name, row]) => [name, ...(row.aliases ?? [])]);
  return nearestWord(written, names);
}

function help(ui: CommandUi, rest: string): void {
  const [asked = ""] = rest.split(/\s/);
  if (asked !== "") {
    const row = findCommand(asked.replace(/^\//, ""));
    const others = row.aliases === undefined
      ? ""
      : ` (also ${row.aliases.map((one) => `/${one}`).join(", ")})`;
    return ui.note(`${signature(row)}: ${row.help}${others}`);
  }
  const known = Object.values(slashCommands).filter((row) => row.isAvailable?.(ui) !== false);
  const width = Math.max(...known.map((row) => signature(row).length)) + 2;
  for (const [group, rows] of Map.groupBy(known, ({ group }) => group)) {
    ui.note(group, "title");
    for (const row of rows) ui.note(`  ${signature(row).padEnd(width)}${row.help}`);
  }
  ui.note("Tips", "title");
  ui.note(
    "  // at the start of a line sends a message that starts with / · The beginning of a command is enough",
  );
  for (const hint of ui.hints) ui.note(`  ${hint}`);
}

/** "/kick NICK [REASON]" */
export function signature(row: SlashRow): string {
  const name = Object.entries(slashCommands).find(([, other]) => other === row)?.[0] ?? "";
  return `/${name}${row.usage === "" ? "" : ` ${row.usage}`}`;
}
