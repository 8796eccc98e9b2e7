/**
 * The colours of the terminal and the page: a person has the same colour in both, in every session. The colours of
 * people have even steps of hue and two lightnesses in OKLCH, and are legible on #121212 and on white. Nobody is red,
 * because errors are red. Only our own nick is ocean blue. nick_color.ts chooses the colour of a person.
 */

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

/** Ocean blue, Parley's own colour, for areas with white text. */
export const oceanBlue = "#464eb8";

/** The colours with a meaning: we ourselves, errors, channels, links, and less important text. */
export const roleShades = {
  own: { dark: "#838eed", light: oceanBlue },
  error: { dark: "#ff6b6b", light: "#b3261e" },
  channel: { dark: "#8fa6ff", light: "#3a43a8" },
  link: { dark: "#8fa6ff", light: "#3a43a8" },
  faint: { dark: "#8a8a8f", light: "#6a6a70" },
} as const satisfies Record<string, Shade>;

/** The meaning of a colour. */
export type ColorRole = keyof typeof roleShades;

/** The colour of a text: a meaning, the number of a person's colour, or a colour from the message. */
export type TextColor = ColorRole | `nick-${number}` | `#${string}`;

/** The shade of a colour; undefined for a colour from the message, which is the same on every background. */
export function shadeOf(color: TextColor): Shade | undefined {
  if (color.startsWith("#")) return undefined;
  if (color.startsWith("nick-")) return nickShades[Number(color.slice(5))];
  return roleShades[color as ColorRole];
}
