/**
 * Deletions in the answer of CHATHISTORY: each REDACT stands at its own time, so a client that was offline learns which
 * of the messages it shows are gone, however old they are. They do not count towards the limit of the request
 * (IRCv3 draft/message-redaction), and need no draft/event-playback.
 */
import type { StoredRecord } from "../store/block.ts";
import type { Deletions } from "../store/deletions.ts";
import type { HistoryView } from "../store/history_reader.ts";

/** The stamps between which a request asks for records; both are excluded, undefined is no bound. */
export interface Bounds {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

/**
 * The records of an answer in order; `keep` is the end next to the requested point, or its place among them; `isEnd`
 * tells that there are no further records. Without bounds the records are from around a point.
 */
export interface FoundRecords {
  readonly records: readonly StoredRecord[];
  readonly keep: "start" | "end" | number;
  readonly isEnd: boolean;
  readonly bounds?: Bounds;
}

/** The most deletions in one answer. If there are more, the answer ends there, and is not the last one. */
const maxDeletions = 1000;

/** The found records with the deletions of the time that they cover. */
export function withDeletions(
  found: FoundRecords,
  deletions: Pick<Deletions, "read">,
  views: readonly HistoryView[],
): FoundRecords {
  const { records, keep, isEnd } = found;
  const from = keep === "end" ? "end" : "start";
  const covered = coveredTime(found);
  if (covered === undefined) return found;
  const read = deletions.read(views, { ...covered, limit: maxDeletions + 1, from });
  if (read.length === 0) return found;
  const isCut = read.length > maxDeletions;
  const shown = !isCut ? read : from === "start" ? read.slice(0, -1) : read.slice(1);
  const edge = (from === "start" ? shown.at(-1) : shown[0])?.stamp ?? 0;
  const reached = !isCut
    ? records
    : records.filter(({ stamp }) => from === "start" ? stamp < edge : stamp > edge);
  const all = [...reached, ...shown].sort((one, other) => one.stamp - other.stamp);
  const point = typeof keep === "number" ? records[keep]?.stamp ?? Infinity : 0;
  return {
    records: all,
    keep: typeof keep === "number" ? keep + shown.filter(({ stamp }) => stamp < point).length : keep,
    isEnd: isEnd && !isCut,
  };
}

/** The stamp of the latest deletion after a stamp; 0 if there is none. */
export function latestDeletion(
  deletions: Pick<Deletions, "read">,
  views: readonly HistoryView[],
  after: number,
): number {
  return deletions.read(views, { after, before: Infinity, limit: 1, from: "end" })[0]?.stamp ?? 0;
}

/** An answer that is not the last one covers the time up to its last record. */
function coveredTime(
  { records, keep, isEnd, bounds }: FoundRecords,
): { readonly after: number; readonly before: number } | undefined {
  const [first, last] = [records[0]?.stamp, records.at(-1)?.stamp];
  if (bounds === undefined) {
    return first === undefined || last === undefined ? undefined : { after: first, before: last };
  }
  const { after = 0, before = Infinity } = bounds;
  if (isEnd) return { after, before };
  return keep === "end" ? { after: first ?? before, before } : { after, before: last ?? after };
}
