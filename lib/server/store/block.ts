/**
 * Blocks: the records one log got in one tick, as one row. A row for each record costs three times as much (history.ts
 * has the figures), so they are joined as text: how much later than the first, a space, the record, LF. A record that
 * was erased leaves its place, as the search index names records by block and place.
 */

/** A record and its stamp; an erased one is "". */
export interface Saved {
  readonly stamp: number;
  readonly record: string;
}

/** More records than this begin a new block. */
export const maxRecords = 128;

/** What the record adds to the text of a block that is not empty. */
export function laterRecord(first: number, stamp: number, record: string): string {
  return `\n${(stamp - first).toString(36)} ${record}`;
}

/** The text of a block with one record. */
export function firstRecord(record: string): string {
  return `0 ${record}`;
}

/** Every record of a block, by place. */
export function decodeBlock(first: number, text: string): Saved[] {
  return text.split("\n").map((entry) => {
    const space = entry.indexOf(" ");
    return { stamp: first + parseInt(entry.slice(0, space), 36), record: entry.slice(space + 1) };
  });
}

/** The text of a block with these records. */
export function encodeBlock(first: number, records: readonly Saved[]): string {
  return records.map(({ stamp, record }) => `${(stamp - first).toString(36)} ${record}`).join("\n");
}
