/**
 * The text of a message → pieces that fit into lines, for recipients that cannot read longer lines. A piece ends after
 * a word, never inside a character or a formatting code. Formatting that is on continues in the next piece, and each
 * piece of an action (CTCP ACTION) is an action. It does not know the line around a piece.
 */
import { formattingCode } from "./formatting.ts";
import { utf8Bytes } from "./lines.ts";
import type { TextLine } from "./record.ts";
import { cutBytes, nextCut, splitText } from "./wrap.ts";

const ctcp = "\x01";
// deno-lint-ignore no-control-regex -- CTCP uses this character
const actionStart = /^\x01ACTION /i;
// deno-lint-ignore no-control-regex -- the codes are control characters
const anyCode = /[\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f]/;
const toggles = "\x02\x1d\x1f\x1e\x11\x16";
const reset = "\x0f";
/** The longest formatting code: two colours in hex. */
const maxCodeLength = 14;

/**
 * The pieces of a message of one or more lines, each at most `maxBytes` (64 or more); at least one. Blank pieces are
 * left out, because many programs cannot show them. A line that continues the one before stays a piece of its own if
 * all lines of its paragraph fit, because its sender has cut between words; otherwise the paragraph is cut anew.
 */
export function splitMessage(lines: readonly TextLine[], maxBytes: number): string[] {
  const first = lines[0]?.text ?? "";
  const start = actionStart.exec(first)?.[0];
  if (start !== undefined && lines.at(-1)?.text.endsWith(ctcp)) {
    const inner = lines.map((line, at) => ({
      ...line,
      text: line.text.slice(at === 0 ? start.length : 0, at === lines.length - 1 ? -1 : undefined),
    }));
    return splitLines(inner, maxBytes - start.length - 1).map((piece) => start + piece + ctcp);
  }
  // Another CTCP message is for a program: two halves of it would be two other messages.
  if (lines.length === 1 && first.length > 1 && first.startsWith(ctcp) && utf8Bytes(first) > maxBytes) {
    return [cutBytes(first.endsWith(ctcp) ? first.slice(0, -1) : first, maxBytes - 1) + ctcp];
  }
  return splitLines(lines, maxBytes);
}

function splitLines(lines: readonly TextLine[], maxBytes: number): string[] {
  const pieces = paragraphsOf(lines).flatMap((texts) =>
    texts.every((text) => utf8Bytes(text) <= maxBytes) ? texts : splitParagraph(texts.join(""), maxBytes)
  );
  const shown = pieces.length === 1 ? pieces : pieces.filter((piece) => piece.trim() !== "");
  return shown.length > 0 ? shown : pieces.slice(0, 1);
}

/** The texts of each line with those of the lines that continue it. */
function paragraphsOf(lines: readonly TextLine[]): string[][] {
  const paragraphs: string[][] = [];
  for (const { text, concat } of lines) {
    const open = concat ? paragraphs.at(-1) : undefined;
    if (open === undefined) paragraphs.push([text]);
    else open.push(text);
  }
  return paragraphs;
}

function splitParagraph(text: string, maxBytes: number): string[] {
  return anyCode.test(text) ? splitFormatted(text, maxBytes) : splitText(text, maxBytes);
}

/** Like splitText(), but a later piece starts with the codes of the formatting that is on. */
function splitFormatted(text: string, maxBytes: number): string[] {
  if (utf8Bytes(text) <= maxBytes) return [text];
  const formatting = new Formatting();
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const codes = formatting.codesBefore(text.charAt(start));
    const found = nextCut(text, start, maxBytes - codes.length);
    const cut = found === text.length ? found : outsideCode(text, start, found);
    const piece = text.slice(start, cut);
    pieces.push(codes + piece);
    formatting.follow(piece);
    start = cut;
  }
  return pieces;
}

/** The cut, moved before the formatting code that it would divide. */
function outsideCode(text: string, start: number, cut: number): number {
  const from = Math.max(start, cut - maxCodeLength);
  const near = text.slice(from, cut + maxCodeLength);
  for (const { index, 0: { length } } of near.matchAll(formattingCode)) {
    const at = from + index;
    if (at < cut && at + length > cut) return at > start ? at : cut;
  }
  return cut;
}

/** The formatting at one place of a text. */
class Formatting {
  readonly #on = new Set<string>();
  #colour = "";
  #hexColour = "";

  /** Reads the codes of the next part of the text. */
  follow(part: string): void {
    for (const [code, simple, ink, paper, hexInk, hexPaper] of part.matchAll(formattingCode)) {
      if (simple === reset) this.#clear();
      else if (simple !== undefined) { if (!this.#on.delete(simple)) this.#on.add(simple); }
      else if (code.startsWith("\x03")) this.#colour = ink === undefined ? "" : colourCode(ink, paper);
      else this.#hexColour = hexInk === undefined ? "" : `\x04${hexInk}${hexPaper ? `,${hexPaper}` : ""}`;
    }
  }

  /** The codes that switch it on again, before text that starts with this character. */
  codesBefore(character: string): string {
    const colours = this.#colour + this.#hexColour;
    // A comma after a colour would start a second colour. Bold on and off in between means nothing.
    const gap = colours !== "" && character === "," ? "\x02\x02" : "";
    return [...toggles].filter((code) => this.#on.has(code)).join("") + colours + gap;
  }

  #clear(): void {
    this.#on.clear();
    this.#colour = this.#hexColour = "";
  }
}

/** Always two digits, so that a digit of the text does not become part of the code. */
function colourCode(ink: string, paper: string | undefined): string {
  const two = (digits: string) => digits.padStart(2, "0");
  return `\x03${two(ink)}${paper === undefined ? "" : `,${two(paper)}`}`;
}
