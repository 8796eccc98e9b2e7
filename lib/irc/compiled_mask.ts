/**
 * A mask compared with many texts: WHO and LIST compare it with every user or channel. matchMask() in mask.ts defines
 * masks, but a hostile mask and text cost it mask × text steps, so one line could block the whole server. This test
 * stores all reachable positions in the mask as bits: one step per character and 32 tokens.
 */
import { fold, type Folded } from "./names.ts";

/** "?" */
const any = -1;

/** A mask prepared for the test: a token takes one character; a "*" can stand after any number of tokens. */
interface CompiledMask {
  readonly length: number;
  readonly words: number;
  /** Bit n: a "*" stands after n tokens. */
  readonly loops: Int32Array;
  /** For each character of the mask: bit n + 1 if token n takes it. */
  readonly rows: ReadonlyMap<number, Int32Array>;
  /** For all other characters. */
  readonly others: Int32Array;
}

/** Returns a test whether a folded text matches the mask; same result as matchMask(). */
export function compileMask(mask: string): (text: Folded) => boolean {
  const parts = fold(mask).match(/\\[*?]|[^]/gu) ?? [];
  const needed = longestRun(parts);
  const compiled = compile(parts);
  return (text) => {
    // A token takes at least one UTF-16 unit of the text.
    return text.length >= compiled.length && text.includes(needed) && passes(compiled, text);
  };
}

/** The longest text between wildcards: it is enough to reject most texts. */
function longestRun(parts: readonly string[]): string {
  const runs = parts.map((part) => isWildcard(part) ? "\n" : part.slice(isEscape(part) ? 1 : 0)).join("")
    .split("\n");
  return runs.reduce((longest, run) => run.length > longest.length ? run : longest, "");
}

function compile(parts: readonly string[]): CompiledMask {
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

function passes(compiled: CompiledMask, text: string): boolean {
  return compiled.words === 1 ? passesShort(compiled, text) : passesLong(compiled, text);
}

/** Bit n of the state: the first n tokens can take the text so far. */
function passesShort(
  { length, loops: [loop = 0], rows, others: [other = 0] }: CompiledMask,
  text: string,
): boolean {
  let state = 1;
  for (let i = 0; i < text.length && state !== 0; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i++;
    const row = rows.get(code)?.[0] ?? other;
    state = (state << 1 & row) | (state & loop);
  }
  return (state >>> length & 1) === 1;
}

/** The same with a state of several words. */
function passesLong({ length, words, loops, rows, others }: CompiledMask, text: string): boolean {
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
