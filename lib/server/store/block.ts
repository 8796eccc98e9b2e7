/**
 * A block is one row with the records that one log got in one tick. One row per record costs three times as much (see
 * history.ts). The records are joined as text: the distance to the first stamp, a space, the record, LF. An erased
 * record keeps its place, because the search index identifies records by block and place.
 */

/** A record and its stamp; an erased record is "". */
export interface StoredRecord {
  readonly stamp: number;
  readonly record: string;
}

/** A block with this many records is full. */
export const maxRecords = 128;
/** A block with this many characters is full, too, because a block is always read and written as a whole. */
export const maxCharacters = 65_536;

/** The text that this record adds to a block that is not empty. */
export function laterRecord(first: number, stamp: number, record: string): string {
  return `\n${(stamp - first).toString(36)} ${record}`;
}

/** The text of a block with one record. */
export function firstRecord(record: string): string {
  return `0 ${record}`;
}

/** All records of a block, by place. */
export function decodeBlock(first: number, text: string): StoredRecord[] {
  return text.split("\n").map((entry) => {
    const space = entry.indexOf(" ");
    return { stamp: first + parseInt(entry.slice(0, space), 36), record: entry.slice(space + 1) };
  });
}

/** The text of a block with these records. */
export function encodeBlock(first: number, records: readonly StoredRecord[]): string {
  return records.map(({ stamp, record }) => `${(stamp - first).toString(36)} ${record}`).join("\n");
}
