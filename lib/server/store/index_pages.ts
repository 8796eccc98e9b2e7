/**
 * Reads two kinds of rows of "words_data", the table of FTS5: which segments the index has, and the first word of a leaf
 * page. Pure. Format: the head of https://sqlite.org/src/file/ext/fts5/fts5_index.c
 */

/** A segment of the index. */
export interface Segment {
  readonly id: number;
  /** An unfinished merge has read all of it. */
  readonly isExhausted: boolean;
}

/** The newer kind of structure has this after its first four bytes, and five more numbers for each segment. */
const newerStructure = [0xff, 0x00, 0x00, 0x01];

/** All segments of the index, from its structure. */
export function readSegments(structure: Uint8Array): Segment[] {
  const isNewer = newerStructure.every((byte, at) => structure[4 + at] === byte);
  const numbers = new Numbers(structure, isNewer ? 8 : 4);
  const levels = numbers.next();
  // The number of segments, and of the pages that were written.
  numbers.skip(2);
  const segments: Segment[] = [];
  for (let level = 0; level < levels; level++) {
    numbers.skip(1);
    for (let left = numbers.next(); left > 0; left--) {
      const id = numbers.next();
      numbers.skip(1);
      segments.push({ id, isExhausted: numbers.next() === 0 });
      if (isNewer) numbers.skip(5);
    }
  }
  return segments;
}

/** The first word that begins on a leaf page; undefined if none does. */
export function firstTermOf(page: Uint8Array): Uint8Array | undefined {
  const footer = (page[2] ?? 0) * 256 + (page[3] ?? 0);
  if (footer >= page.length) return undefined;
  const numbers = new Numbers(page, new Numbers(page, footer).next());
  const length = numbers.next();
  return page.slice(numbers.at, numbers.at + length);
}

/** Reads numbers of SQLite: seven bits in each byte, the highest first. */
class Numbers {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    for (let value = 0;;) {
      const byte = this.#bytes[this.at++] ?? 0;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  }

  skip(count: number): void {
    for (; count > 0; count--) this.next();
  }
}
