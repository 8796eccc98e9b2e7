/**
 * A mask that is compared with many texts, as WHO and LIST do over everybody. matchMask() in names.ts says what a mask
 * is; it takes mask × text steps when somebody made both for that, and so one line could hold up the whole server. This
 * one keeps all places in the mask that may have been reached as bits: a step for each character and 32 tokens.
 */
import { fold, type Folded } from "./names.ts";

/** "?" */
const any = -1;

/** A mask as it is walked through: a token takes a character each; a "*" stands behind so many tokens. */
interface Walk {
  readonly length: number;
  readonly words: number;
  /** Bit n: a "*" stands behind n tokens. */
  readonly loops: Int32Array;
  /** For each character of the mask: bit n + 1 when it can be token n. */
  readonly rows: ReadonlyMap<number, Int32Array>;
  /** For all other characters. */
  readonly others: Int32Array;
}

/** Gives what tells whether a text, once folded, matches the mask, as matchMask() would. */
export function maskTest(mask: string): (text: Folded) => boolean {
  const parts = fold(mask).match(/\\[*?]|[^]/gu) ?? [];
  const needed = longestRun(parts);
  const walk = walkOf(parts);
  return (text) => {
    // A token takes at least one unit of the text.
    return text.length >= walk.length && text.includes(needed) && passes(walk, text);
  };
}

/** The longest text between wildcards: most texts are told by it alone. */
function longestRun(parts: readonly string[]): string {
  const runs = parts.map((part) => isWildcard(part) ? "\n" : part.slice(isEscape(part) ? 1 : 0)).join("")
    .split("\n");
  return runs.reduce((longest, run) => run.length > longest.length ? run : longest, "");
}

function walkOf(parts: readonly string[]): Walk {
  const tokens = parts.filter((part) => part !== "*").map(tokenOf);
  const words = (tokens.length >> 5) + 1;
  const loops = new Int32Array(words);
  let count = 0;
  for (const part of parts) {
    if (part === "*") setBit(loops, count);
    else count++;
  }
  const others = new Int32Array(words);
  tokens.forEach((token, at) => token === any && setBit(others, at + 1));
  const rows = new Map<number, Int32Array>();
  tokens.forEach((token, at) => {
    if (token === any) return;
    const row = rows.get(token) ?? others.slice();
    rows.set(token, row);
    setBit(row, at + 1);
  });
  return { length: tokens.length, words, loops, rows, others };
}

function passes(walk: Walk, text: string): boolean {
  return walk.words === 1 ? passesShort(walk, text) : passesLong(walk, text);
}

/** Bit n of the state: the text so far may have been taken by the first n tokens. */
function passesShort({ length, loops: [loop = 0], rows, others: [other = 0] }: Walk, text: string): boolean {
  let state = 1;
  for (let i = 0; i < text.length && state !== 0; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i++;
    const row = rows.get(code)?.[0] ?? other;
    state = (state << 1 & row) | (state & loop);
  }
  return (state >>> length & 1) === 1;
}

/** The same in several words. */
function passesLong({ length, words, loops, rows, others }: Walk, text: string): boolean {
  const state = new Int32Array(words);
  state[0] = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i++;
    const row = rows.get(code) ?? others;
    let carry = 0;
    for (let at = 0; at < words; at++) {
      const word = state[at] ?? 0;
      state[at] = ((word << 1 | carry) & (row[at] ?? 0)) | (word & (loops[at] ?? 0));
      carry = word >>> 31;
    }
  }
  return ((state[length >> 5] ?? 0) >>> (length & 31) & 1) === 1;
}

function isWildcard(part: string): boolean {
  return part === "*" || part === "?";
}

function isEscape(part: string): boolean {
  return part === "\\*" || part === "\\?";
}

function tokenOf(part: string): number {
  return part === "?" ? any : part.codePointAt(isEscape(part) ? 1 : 0) ?? 0;
}

function setBit(bits: Int32Array, at: number): void {
  bits[at >> 5] = (bits[at >> 5] ?? 0) | 1 << (at & 31);
}
