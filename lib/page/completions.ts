/** What Tab offers in the message box: commands, emoji, rooms, people. Pure. */
import { emoji } from "../client/emoji.ts";
import { slashCommands } from "../client/slash.ts";
import { findBuffer, nicksByActivity, type State } from "../client/state.ts";

/** Names that begin so, best first. */
export function completions(state: State, buffer: string, beginning: string): readonly string[] {
  const wanted = beginning.toLowerCase();
  const fits = (name: string) => name.toLowerCase().startsWith(wanted);
  if (wanted === "") return [];
  if (wanted.startsWith("/")) return Object.keys(slashCommands).map((name) => `/${name}`).filter(fits);
  if (wanted.startsWith(":")) {
    return [...emoji].filter(([name]) => fits(`:${name}`)).map(([, sign]) => sign);
  }
  if (wanted.startsWith("#")) return [...state.buffers.values()].map(({ name }) => name).filter(fits);
  const room = findBuffer(state, buffer);
  return room === undefined ? [] : nicksByActivity(room).filter(fits);
}
