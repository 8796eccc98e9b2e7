/**
 * Spans → text with escape sequences for style, in the colour depth of the terminal. Without colour, only the text.
 * No other file makes escape sequences for style. The text of a span must be safe for a terminal.
 */

import type { Span, Style } from "../text/formatting.ts";
import type { Appearance } from "./appearance.ts";
import type { TextColor } from "../text/palette.ts";
import { oceanBlue, shadeOf } from "../text/palette.ts";

/** White on ocean blue: only the prompt has it. */
export const promptStyle: Style = { color: "#ffffff", background: oceanBlue, bold: true };

/** Terminals ignore longer addresses, and each row of a wrapped link has the whole address. */
const maxLinkLength = 2_000;

/** The styled text of spans. */
export function paint(spans: readonly Span[], appearance: Appearance): string {
  return spans.map((span) => paintSpan(span, appearance)).join("");
}

function paintSpan(span: Span, appearance: Appearance): string {
  if (appearance.depth === "none") return span.text;
  const codes = styleCodes(span, appearance);
  const text = codes === "" ? span.text : `\x1b[${codes}m${span.text}\x1b[0m`;
  // A terminal joins all rows with the same address to one link, also when the link was wrapped.
  return span.link === undefined || span.link.length > maxLinkLength
    ? text
    : `\x1b]8;;${encodeURI(decodeSafely(span.link))}\x1b\\${text}\x1b]8;;\x1b\\`;
}

/** Without this, encodeURI would encode twice, and throw at half of a character. */
function decodeSafely(address: string): string {
  try {
    return decodeURI(address.toWellFormed());
  } catch (error) {
    if (error instanceof URIError) return address.toWellFormed();
    throw error;
  }
}

/** A cache of the codes, because few styles are used very often. */
const codeCache = new Map<string, string>();
const maxCached = 1000;

function styleCodes(style: Style, appearance: Appearance): string {
  const { bold, dim, italic, underline, reverse, strike, color = "", background = "" } = style;
  if (color === "" && background === "" && !(bold || dim || italic || underline || reverse || strike)) {
    return "";
  }
  const key =
    `${bold}${dim}${italic}${underline}${reverse}${strike}${color} ${background} ${appearance.depth}${appearance.theme}`;
  const cached = codeCache.get(key);
  if (cached !== undefined) return cached;
  if (codeCache.size >= maxCached) codeCache.clear();
  const codes = newCodes(style, appearance);
  codeCache.set(key, codes);
  return codes;
}

function newCodes(style: Style, appearance: Appearance): string {
  const faint = style.dim && (style.color !== undefined || appearance.depth === "16");
  const color = style.color ?? (style.dim && appearance.depth !== "16" ? "faint" : undefined);
  const codes = [
    style.bold ? "1" : "",
    faint ? "2" : "",
    style.italic ? "3" : "",
    style.underline ? "4" : "",
    style.reverse ? "7" : "",
    style.strike ? "9" : "",
    color === undefined ? "" : colorCode(color, appearance, false),
    style.background === undefined ? "" : colorCode(style.background, appearance, true),
  ];
  return codes.filter((code) => code !== "").join(";");
}

/** The colours of nicks when there are only 16: no red, no blue (our own nick), no grey. */
const nickCodes = [32, 33, 35, 36, 92, 93, 95, 96];
const roleCodes: Readonly<Record<string, number>> = { own: 94, error: 91, channel: 94, link: 94, faint: 90 };

function colorCode(color: TextColor, appearance: Appearance, isBackground: boolean): string {
  const shift = isBackground ? 10 : 0;
  if (appearance.depth === "16") {
    const nick = color.startsWith("nick-") ? nickCodes[Number(color.slice(5)) % nickCodes.length] : undefined;
    return String((nick ?? roleCodes[color] ?? nearest16(color)) + shift);
  }
  const hex = shadeOf(color)?.[appearance.theme] ?? color;
  const [red, green, blue] = components(hex);
  return appearance.depth === "truecolor"
    ? `${38 + shift};2;${red};${green};${blue}`
    : `${38 + shift};5;${nearest256(red, green, blue)}`;
}

function components(hex: string): readonly [number, number, number] {
  const value = parseInt(hex.slice(1), 16) || 0;
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

const steps = [0, 95, 135, 175, 215, 255];

/** The nearest colour of the 256: in the colour cube or the greys. */
function nearest256(red: number, green: number, blue: number): number {
  const step = (value: number): number => value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40);
  const [r, g, b] = [step(red), step(green), step(blue)];
  const grey = Math.min(23, Math.max(0, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const far = (x = 0, y = 0, z = 0): number => (x - red) ** 2 + (y - green) ** 2 + (z - blue) ** 2;
  const level = 8 + 10 * grey;
  const cube = far(steps[r], steps[g], steps[b]);
  return far(level, level, level) < cube ? 232 + grey : 16 + 36 * r + 6 * g + b;
}

const sixteen = ["000000", "cd0000", "00cd00", "cdcd00", "0000ee", "cd00cd", "00cdcd", "e5e5e5"].concat(
  ["7f7f7f", "ff0000", "00ff00", "ffff00", "5c5cff", "ff00ff", "00ffff", "ffffff"],
);

function nearest16(hex: string): number {
  const [red, green, blue] = components(hex);
  const far = sixteen.map((other) => {
    const [r, g, b] = components(`#${other}`);
    return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
  });
  const best = far.indexOf(Math.min(...far));
  return best < 8 ? 30 + best : 90 + best - 8;
}
