/**
 * The colours of people, shared by the terminal and the page: the same person has the same colour in both, in every
 * session. Made in OKLCH at even steps of hue and two lightnesses, legible on #121212 and on white. Left out: red, as
 * errors are red, and ocean blue, as that is oneself.
 */

import { fold } from "../../irc/names.ts";

/** One colour, for a dark and for a light background, as "#rrggbb". */
export interface Shade {
  readonly dark: string;
  readonly light: string;
}

/** The colours of other people. */
export const nickShades: readonly Shade[] = [
  { dark: "#f28e42", light: "#9f5102" },
  { dark: "#ffbc64", light: "#6b4300" },
  { dark: "#cfa508", light: "#816501" },
  { dark: "#d4d14f", light: "#525001" },
  { dark: "#95bb46", light: "#587502" },
  { dark: "#8fe386", light: "#085e02" },
  { dark: "#40c786", light: "#067d4d" },
  { dark: "#30eac5", light: "#035b4b" },
  { dark: "#0ac3bf", light: "#067976" },
  { dark: "#0fe3fe", light: "#025763" },
  { dark: "#0cbaf4", light: "#067398" },
  { dark: "#d3bdfe", light: "#5a358c" },
  { dark: "#d28ae8", light: "#894b9c" },
  { dark: "#feabe6", light: "#7a2667" },
];

/** Ocean blue, the colour of the house, for areas with white text on them. */
export const oceanBlue = "#464eb8";

/** What the other names for ink mean: oneself, what went wrong, rooms and links, and what may be overlooked. */
export const roleShades = {
  own: { dark: "#838eed", light: oceanBlue },
  error: { dark: "#ff6b6b", light: "#b3261e" },
  channel: { dark: "#8fa6ff", light: "#3a43a8" },
  link: { dark: "#8fa6ff", light: "#3a43a8" },
  faint: { dark: "#8a8a8f", light: "#6a6a70" },
} as const satisfies Record<string, Shade>;

/** A meaning of colour that is nobody's own. */
export type Role = keyof typeof roleShades;

/** What a piece of text is written in: a meaning, a person's colour by number, or a colour a message asked for. */
export type Ink = Role | `nick-${number}` | `#${string}`;

/** The colour of a person, from the account when there is one, as that survives a change of nick. */
export function nickInk(nick: string, account?: string): Ink {
  return `nick-${fnv1a(fold(account || nick)) % nickShades.length}`;
}

/** The shade of an ink; undefined for a colour a message asked for, which is the same on every background. */
export function shadeOf(ink: Ink): Shade | undefined {
  if (ink.startsWith("#")) return undefined;
  if (ink.startsWith("nick-")) return nickShades[Number(ink.slice(5))];
  return roleShades[ink as Role];
}

/** FNV-1a, 32 bits, over the UTF-8 bytes. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
