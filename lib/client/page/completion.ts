/** Completions for the message box: commands, emoji, channels, nicks. Pure. */
import { emoji } from "../text/emoji.ts";
import { signature, slashCommands } from "../slash/slash.ts";
import { findBuffer, nicksByActivity, type State } from "../core/state.ts";

/** A text that can replace a word. */
export interface Completion {
  readonly text: string;
  /** What the list shows. */
  readonly label: string;
  /** A short explanation. */
  readonly help?: string;
}

/** Completions of the beginning of a word, best first. */
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
  const found = findBuffer(state, buffer);
  const nicks = found === undefined ? [] : nicksByActivity(found);
  const sign = wanted.startsWith("@") ? "@" : "";
  return nicks.map((nick) => `${sign}${nick}`).filter(fits).map(plainly);
}
