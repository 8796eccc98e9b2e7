/**
 * Emptying records of a block: their text goes from the history, the search index and the counts. Their places stay, so
 * that the places of the other records are the same.
 */
import { utf8Bytes } from "../../irc/lines.ts";
import type { StoredRecord } from "./block.ts";
import type { History } from "./history.ts";
import type { Removal } from "./index_entries.ts";
import type { SearchIndex } from "./search.ts";

/** The records of a block. */
export interface FoundBlock {
  readonly block: number;
  readonly log: number;
  readonly first: number;
  readonly records: readonly StoredRecord[];
}

/** Empties the records at these places; returns their bytes, and whether the block has no other record. */
export function emptyRecords(
  history: Pick<History, "rewrite">,
  index: SearchIndex,
  { block, log, first, records }: FoundBlock,
  removal: Removal & { readonly places: readonly number[] },
): { readonly bytes: number; readonly isEmpty: boolean } {
  const { places } = removal;
  index.remove(block, log, records, removal);
  const remaining = records.map((one, place) => places.includes(place) ? { ...one, record: "" } : one);
  const emptied = places.map((place) => records[place]?.record ?? "").filter((record) => record !== "");
  history.rewrite(block, first, remaining, emptied.length);
  const bytes = emptied.reduce((sum, record) => sum + utf8Bytes(record), 0);
  index.uncount(block, log, { count: emptied.length, bytes });
  return { bytes, isEmpty: remaining.every(({ record }) => record === "") };
}
