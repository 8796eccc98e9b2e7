/**
 * A message of several lines for recipients without draft/multiline: its first lines, and a last line that says how
 * many more there are and where to read them. All lines at once would look like a flood: bots kick and programs ignore
 * their sender. A message of one line is not cut.
 */
import { splitMessage } from "../../irc/message_pieces.ts";
import { messageTextBytes } from "../../irc/plain_lines.ts";
import type { MessageLine } from "../chat/delivery.ts";

/** How much of a message is shown. */
export interface Excerpt {
  /**
   * The most lines of a message of several lines; 0 means all. Of one paragraph that its sender cut to fit into lines
   * (draft/multiline-concat), twice as many are shown.
   */
  readonly maxLines: number;
  /** The address of the whole message; undefined if there is none. Called only when something is left out. */
  readonly link: () => string | undefined;
}

/** The texts of the lines, each short enough for every program. */
export function shortTexts(
  source: string,
  command: string,
  target: string,
  lines: readonly MessageLine[],
  excerpt: Excerpt | undefined,
): string[] {
  const space = messageTextBytes(source, command, [target]);
  const pieces = splitMessage(lines, space);
  const isParagraph = lines.every(({ concat }, at) => at === 0 || concat);
  if (excerpt !== undefined && isParagraph && pieces.length <= 2 * excerpt.maxLines) return pieces;
  return cutToExcerpt(pieces, space, excerpt);
}

/** The lines as their sender split them, for a recipient that reads long lines. */
export function longTexts(lines: readonly MessageLine[], excerpt: Excerpt | undefined): string[] {
  return cutToExcerpt(lines.map(({ text }) => text).filter((text) => text !== ""), Infinity, excerpt);
}

/** The first texts and a line about the others. A single other text is shown, because that line would be as long. */
function cutToExcerpt(texts: string[], space: number, excerpt: Excerpt | undefined): string[] {
  if (excerpt === undefined || excerpt.maxLines === 0 || texts.length <= excerpt.maxLines + 1) return texts;
  const count = texts.length - excerpt.maxLines;
  const link = excerpt.link();
  const ending = `… ${count} more lines: ${link}`;
  return [
    ...texts.slice(0, excerpt.maxLines),
    link !== undefined && ending.length + 2 <= space ? ending : `… ${count} more lines are not shown here`,
  ];
}
