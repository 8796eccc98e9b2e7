/** What the message box offers while one types: commands, emoji, rooms, people. Pure. */
import { emoji } from "../text/emoji.ts";
import { signature, slashCommands } from "../slash/slash.ts";
import { findBuffer, nicksByActivity, type State } from "../core/state.ts";

/** One thing that could stand in place of what is typed. */
export interface Completion {
  readonly text: string;
  /** What is shown of it. */
  readonly label: string;
  /** A few words on what it is. */
  readonly help?: string;
}

/** What begins so, best first. */
export function completions(state: State, buffer: string, beginning: string): readonly Completion[] {
  const wanted = beginning.toLowerCase();
  const fits = (name: string) => name.toLowerCase().startsWith(wanted);
  if (wanted === "") return [];
  if (wanted.startsWith("/")) {
    return Object.entries(slashCommands).map(([name, row]) => ({
      text: `/${name}`,
      label: signature(row),
      help: row.help,
    })).filter(({ text }) => fits(text));
  }
  if (wanted.startsWith(":")) {
    return [...emoji].filter(([name]) => fits(`:${name}`)).map(([name, text]) => ({
      text,
      label: `${text} :${name}:`,
    }));
  }
  const plainly = (text: string) => ({ text, label: text });
  if (wanted.startsWith("#")) {
    return [...state.buffers.values()].map(({ name }) => name).filter(fits).map(plainly);
  }
  const room = findBuffer(state, buffer);
  const nicks = room === undefined ? [] : nicksByActivity(room);
  const sign = wanted.startsWith("@") ? "@" : "";
  return nicks.map((nick) => `${sign}${nick}`).filter(fits).map(plainly);
}
