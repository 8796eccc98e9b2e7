/**
 * A text compared with many masks: the lists of a channel hold up to a hundred masks each, and a user is in up to a
 * hundred channels. matchMask() in mask.ts defines masks, but a hostile mask and text cost it mask × text steps, and
 * prepared masks (compiled_mask.ts) need much memory. This test prepares the text, and stores all reachable positions
 * in it as bits: one step for each character of the mask and 32 characters of the text.
 */

const star = 0x2a;
const questionMark = 0x3f;
const backslash = 0x5c;

/** A text prepared for masks. */
export class MaskedText {
  readonly text: string;
  /** For each character of the text: bit n if it is character n. */
  readonly #places = new Map<number, Int32Array>();
  /** Bit n: the mask so far can take the first n characters. */
  readonly #reached: Int32Array;
  readonly #length: number;

  constructor(text: string) {
    this.text = text;
    const codes = [...text].map((character) => lowerCode(character.codePointAt(0) ?? 0));
    this.#length = codes.length;
    this.#reached = new Int32Array((codes.length >> 5) + 1);
    for (const [at, code] of codes.entries()) {
      const places = this.#places.get(code) ?? new Int32Array(this.#reached.length);
      this.#places.set(code, places);
      places[at >> 5] = (places[at >> 5] ?? 0) | 1 << (at & 31);
    }
  }

  /** Whether the mask matches the whole text; same result as matchMask(). */
  matches(mask: string): boolean {
    this.#reached.fill(0);
    this.#reached[0] = 1;
    for (let at = 0; at < mask.length; at++) {
      let code = mask.codePointAt(at) ?? 0;
      if (code === star) {
        this.#skipAny();
        continue;
      }
      const next = mask.charCodeAt(at + 1);
      const isEscape = code === backslash && (next === star || next === questionMark);
      if (isEscape) code = next;
      if (isEscape || code > 0xffff) at++;
      const isAny = code === questionMark && !isEscape;
      if (!this.#advance(isAny ? undefined : this.#places.get(lowerCode(code)), isAny)) return false;
    }
    return ((this.#reached[this.#length >> 5] ?? 0) >>> (this.#length & 31) & 1) === 1;
  }

  /** Takes one character; false if no position is left. */
  #advance(places: Int32Array | undefined, isAny: boolean): boolean {
    if (places === undefined && !isAny) return false;
    const reached = this.#reached;
    let carry = 0;
    let left = 0;
    for (let at = 0; at < reached.length; at++) {
      const word = (reached[at] ?? 0) & (places === undefined ? -1 : places[at] ?? 0);
      left |= reached[at] = word << 1 | carry;
      carry = word >>> 31;
    }
    return left !== 0;
  }

  /** Takes any number of characters: every position from the first one on is reached. */
  #skipAny(): void {
    const reached = this.#reached;
    let isReached = false;
    for (let at = 0; at < reached.length; at++) {
      const word = reached[at] ?? 0;
      reached[at] = isReached ? -1 : -(word & -word);
      isReached ||= word !== 0;
    }
  }
}

function lowerCode(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}
