/**
 * What starts with "/": one row for each command, which feeds dispatch, /help, completion and the README. A row's
 * function decides what to ask of the client; words for the person who typed go to the face. It throws a Refusal when
 * something is missing, and one caller shows it. What is no command is never sent to a room.
 */

import { accountRows } from "./account.ts";
import { chatRows } from "./chat.ts";
import { fileRows } from "./files.ts";
import { historyRows } from "./history.ts";
import { channelRows } from "./channels.ts";
import { selfRows } from "./self.ts";
import { ActionError } from "../core/action_error.ts";
import type { Face, SlashRow, SlashTable } from "./face.ts";

/** Every slash command by its name. */
export const slashCommands: SlashTable = {
  ...chatRows,
  ...historyRows,
  ...fileRows,
  ...channelRows,
  ...accountRows,
  ...selfRows,
  help: {
    usage: "[COMMAND]",
    help: "Lists the commands, or explains one",
    group: "Program",
    takes: ["command"],
    run: (face, rest) => help(face, rest),
  },
};

/** Does what a line of input says: a command, or words for the buffer in front. Throws a Refusal. */
export async function enter(face: Face, text: string): Promise<void> {
  const words = text.trim();
  if (words === "") throw new ActionError("Cannot send an empty message");
  if (!words.startsWith("/") || words.startsWith("//")) {
    return speak(face, words.startsWith("//") ? text.trimEnd().replace("//", "/") : text.trimEnd());
  }
  const [, name = "", rest = ""] = /^\/(\S*)\s*([^]*)$/.exec(words) ?? [];
  const row = findCommand(name);
  if (row.fits?.(face) === false) throw new ActionError(`Cannot use ${signature(row).split(" ")[0]} here`);
  await row.run(face, rest);
}

/** Whether who writes this expects to be asked for a password, even where it is misspelt or refused. */
export function expectsPassword(text: string): boolean {
  const [, written = ""] = /^\s*\/(?!\/)(\S+)/.exec(text) ?? [];
  const name = written.toLowerCase();
  const meant = knownCommand(name) ?? knownCommand(nearest(name) ?? "");
  if (meant !== undefined) return meant.asksPassword === true;
  return begunBy(name).some((other) => ownRow(other)?.asksPassword);
}

/** The names of the commands that a face can do. */
export function commandsFor(face: Face): string[] {
  return Object.entries(slashCommands).filter(([, row]) => row.fits?.(face) !== false).map(([name]) => name);
}

function speak(face: Face, text: string): void {
  face.say(face.target(), "message", text);
}

/** The row of a name, an alias or a beginning that only one name has. */
export function knownCommand(written: string): SlashRow | undefined {
  const name = written.toLowerCase();
  const exact = ownRow(name) ?? Object.values(slashCommands).find((row) => row.aliases?.includes(name));
  if (exact !== undefined) return exact;
  const [only, other] = begunBy(name);
  return only === undefined || other !== undefined ? undefined : ownRow(only);
}

/** As knownCommand(); throws a Refusal that says what is near. */
export function findCommand(written: string): SlashRow {
  const found = knownCommand(written);
  if (found !== undefined) return found;
  const begun = begunBy(written.toLowerCase());
  if (begun.length === 0) return unknown(written);
  const could = `${begun.slice(0, -1).map((one) => `/${one}`).join(", ")} or /${begun.at(-1)}`;
  throw new ActionError(`Cannot tell what /${written.toLowerCase()} means: it could be ${could}`);
}

function begunBy(name: string): string[] {
  return name === "" ? [] : Object.keys(slashCommands).filter((other) => other.startsWith(name));
}

function ownRow(name: string): SlashRow | undefined {
  return Object.hasOwn(slashCommands, name) ? slashCommands[name] : undefined;
}

function unknown(written: string): never {
  const near = nearest(written.toLowerCase());
  throw new ActionError(
    near === undefined
      ? `Unknown command /${written}: /help lists the commands, and //${written} sends it as text`
      : `Unknown command /${written}: did you mean /${near}?`,
  );
}

/** The command that is at most two slips away, fewer for short words. */
function nearest(written: string): string | undefined {
  const names = Object.entries(slashCommands).flatMap(([name, row]) => [name, ...(row.aliases ?? [])]);
  const ranked = names.map((name) => ({ name, slips: slips(written, name) }))
    .sort((one, other) => one.slips - other.slips);
  const [best] = ranked;
  return best && best.slips <= Math.min(2, Math.floor(best.name.length / 2)) ? best.name : undefined;
}

/** How many letters must be added, left out, changed or swapped with their neighbour. */
function slips(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  const cost = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= other.length; j++) {
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(Math.min(
        cost(i - 1, j) + 1,
        cost(i, j - 1) + 1,
        cost(i - 1, j - 1) + change,
        swapped ? cost(i - 2, j - 2) + 1 : Infinity,
      ));
    }
  }
  return cost(one.length, other.length);
}

function help(face: Face, rest: string): void {
  const [asked = ""] = rest.split(/\s/);
  if (asked !== "") {
    const row = findCommand(asked.replace(/^\//, ""));
    const others = row.aliases === undefined
      ? ""
      : ` (also ${row.aliases.map((one) => `/${one}`).join(", ")})`;
    return face.note(`${signature(row)}: ${row.help}${others}`);
  }
  const known = Object.values(slashCommands).filter((row) => row.fits?.(face) !== false);
  const width = Math.max(...known.map((row) => signature(row).length)) + 2;
  for (const [group, rows] of Map.groupBy(known, ({ group }) => group)) {
    face.note(group, "title");
    for (const row of rows) face.note(`  ${signature(row).padEnd(width)}${row.help}`);
  }
  face.note("Besides", "title");
  face.note("  A line that starts with // is sent as text with one /; the beginning of a command is enough");
  for (const hint of face.hints) face.note(`  ${hint}`);
}

/** "/kick NICK [REASON]" */
export function signature(row: SlashRow): string {
  const name = Object.entries(slashCommands).find(([, other]) => other === row)?.[0] ?? "";
  return `/${name}${row.usage === "" ? "" : ` ${row.usage}`}`;
}
