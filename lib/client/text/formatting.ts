/** Text with formatting codes → spans with styles. The text of every span is safe to show (plain.ts), with its tabs. */

import { formattingCode, stripFormatting } from "../../irc/formatting.ts";
import type { TextColor } from "./palette.ts";
import { plain } from "./plain.ts";

/** The style of a text. */
export interface Style {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly mono?: boolean;
  readonly reverse?: boolean;
  /** Fainter than other text. */
  readonly dim?: boolean;
  readonly color?: TextColor;
  readonly background?: TextColor;
}

/** A text in one style. */
export interface Span extends Style {
  readonly text: string;
  /** The address of a link. */
  readonly link?: string;
}

/** Colours 0 to 98; any other number means the default colour. */
const colors = (
  "ffffff 000000 00007f 009300 ff0000 7f0000 9c009c fc7f00 ffff00 00fc00 009393 00ffff 0000fc ff00ff 7f7f7f d2d2d2 " +
  "470000 472100 474700 324700 004700 00472c 004747 002747 000047 2e0047 470047 47002a " +
  "740000 743a00 747400 517400 007400 007449 007474 004074 000074 4b0074 740074 740045 " +
  "b50000 b56300 b5b500 7db500 00b500 00b571 00b5b5 0063b5 0000b5 7500b5 b500b5 b5006b " +
  "ff0000 ff8c00 ffff00 b2ff00 00ff00 00ffa0 00ffff 008cff 0000ff a500ff ff00ff ff0098 " +
  "ff5959 ffb459 ffff71 cfff60 6fff6f 65ffc9 6dffff 59b4ff 5959ff c459ff ff66ff ff59bc " +
  "ff9c9c ffd39c ffff9c e2ff9c 9cff9c 9cffdb 9cffff 9cd3ff 9c9cff dc9cff ff9cff ff94d3 " +
  "000000 131313 282828 363636 4d4d4d 656565 818181 9f9f9f bcbcbc e2e2e2 ffffff"
).split(" ").map((hex): TextColor => `#${hex}`);

const toggles: Readonly<Record<string, keyof Style>> = {
  "\x02": "bold",
  "\x1d": "italic",
  "\x1f": "underline",
  "\x1e": "strike",
  "\x11": "mono",
  "\x16": "reverse",
};

/** The text of one message as spans. */
export function readFormatting(text: string): Span[] {
  const spans: Span[] = [];
  let style: Style = {};
  let done = 0;
  for (const code of text.matchAll(formattingCode)) {
    addSpan(spans, text.slice(done, code.index), style);
    style = styleAfter(style, code);
    done = code.index + code[0].length;
  }
  addSpan(spans, text.slice(done), style);
  return spans;
}

/** `text` without its formatting codes, and safe to show. */
export function withoutFormatting(text: string): string {
  return plain(stripFormatting(text));
}

/** `text` with its parts at these ranges in bold; unchanged if it has formatting of its own. */
export function withBold(
  text: string,
  ranges: readonly { readonly start: number; readonly end: number }[],
): string {
  if (stripFormatting(text) !== text) return text;
  const bold = "\x02";
  let [marked, end] = ["", 0];
  for (const range of ranges) {
    marked += text.slice(end, range.start) + bold + text.slice(range.start, range.end) + bold;
    end = range.end;
  }
  return marked + text.slice(end);
}

function styleAfter(
  style: Style,
  [all, simple, digits, backgroundDigits, hexDigits, hexBackground]: RegExpMatchArray,
): Style {
  if (simple === "\x0f") return {};
  if (simple !== undefined) {
    const key = toggles[simple];
    return key === undefined ? style : { ...style, [key]: !style[key] };
  }
  const { color: _color, background: oldBackground, ...others } = style;
  const named = all.startsWith("\x03");
  const foreground = named ? colorOf(digits) : hexOf(hexDigits);
  const backgroundCode = named ? backgroundDigits : hexBackground;
  const background = backgroundCode === undefined
    ? (all.length > 1 ? oldBackground : undefined)
    : named
    ? colorOf(backgroundDigits)
    : hexOf(hexBackground);
  return { ...others, ...(foreground && { color: foreground }), ...(background && { background }) };
}

function colorOf(digits: string | undefined): TextColor | undefined {
  return digits === undefined ? undefined : colors[Number(digits)];
}

function hexOf(digits: string | undefined): TextColor | undefined {
  return digits === undefined ? undefined : `#${digits.toLowerCase()}`;
}

function addSpan(spans: Span[], text: string, style: Style): void {
  // A tab is part of a pasted text. The UI shows it as spaces.
  if (text !== "") spans.push({ ...style, text: text.split("\t").map(plain).join("\t") });
}
