/** Deletions among the records of one answer of CHATHISTORY. */
import { assertEquals } from "@std/assert";
import { type FoundRecords, withDeletions } from "../../../lib/server/commands/history_deletions.ts";
import type { DeletionRange } from "../../../lib/server/store/deletions.ts";

const record = (stamp: number) => ({ stamp, record: `r${stamp}` });

/** Stored deletions with these stamps. */
function stored(...stamps: number[]) {
  return {
    read(_views: unknown, { after, before, limit, from }: DeletionRange) {
      const found = stamps.filter((stamp) => stamp > after && stamp < before).map(record);
      return from === "start" ? found.slice(0, limit) : found.slice(-limit);
    },
  };
}

function stamps({ records }: FoundRecords): number[] {
  return records.map(({ stamp }) => stamp);
}

const rows: readonly (readonly [why: string, found: Partial<FoundRecords>, expected: readonly number[]])[] = [
  ["after a point, up to the last record", { keep: "start", bounds: { after: 10 } }, [12, 20, 22, 30]],
  ["after a point, to the end", { keep: "start", isEnd: true, bounds: { after: 10 } }, [12, 20, 22, 30, 32]],
  ["before a point, from the first record", { keep: "end", bounds: { before: 32 } }, [20, 22, 30]],
  ["before a point, from the beginning", { keep: "end", isEnd: true, bounds: { before: 32 } }, [
    2,
    12,
    20,
    22,
    30,
  ]],
  ["between two points", { keep: "start", isEnd: true, bounds: { after: 15, before: 25 } }, [20, 22, 30]],
  ["around a point, between the records", { keep: 1 }, [20, 22, 30]],
];

for (const [why, found, expected] of rows) {
  Deno.test(`withDeletions() covers the time ${why}`, () => {
    const records = [record(20), record(30)];
    const whole = { records, keep: "start", isEnd: false, ...found } as const;
    assertEquals(stamps(withDeletions(whole, stored(2, 12, 22, 32), [])), expected);
  });
}

Deno.test("withDeletions() keeps the place of the point among the records", () => {
  const found = { records: [record(20), record(30)], keep: 1, isEnd: false };
  assertEquals(withDeletions(found, stored(22, 24), []).keep, 3);
});

Deno.test("a thousand deletions end an answer, which is then not the last one", () => {
  const many = Array.from({ length: 1_001 }, (_, at) => at + 1);
  const found = { records: [record(5_000)], keep: "start", isEnd: true, bounds: { after: 0 } } as const;
  const first = withDeletions(found, stored(...many), []);
  assertEquals([first.records.length, first.records.at(-1)?.stamp, first.isEnd], [1_000, 1_000, false]);
  const rest = withDeletions({ ...found, bounds: { after: 1_000 } }, stored(...many), []);
  assertEquals([stamps(rest), rest.isEnd], [[1_001, 5_000], true]);
});
