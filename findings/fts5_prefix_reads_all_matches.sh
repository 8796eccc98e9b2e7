#!/usr/bin/env bash
# A search for the start of a word in SQLite's full-text index costs as much as all its matches, also with LIMIT 5.
#
# Expected: FTS5 returns rows in the order of their rowids, so a page of the newest five costs the same for a whole word
# ("tea") and for the start of a word ("tea*"), however many messages match. Bounds on the rowid make it cheaper.
# Seen: the whole word takes a tenth of a millisecond. The start of a word takes as long as its matches are many, with
# and without LIMIT and bounds: FTS5 first merges the lists of all words with this start. With the option prefix='3',
# a start of three letters is as fast as a whole word.
# For a chat server: a search that reads page after page, until enough messages are visible to the reader, pays that
# price for every page.
# Our code: lib/server/store/search_sections.ts divides the index, and a search asks one section after the other.
# Source: https://sqlite.org/fts5.html#prefix_indexes
set -euo pipefail

deno=deno@2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/prefix.ts" <<'PROGRAM'
import { DatabaseSync } from "node:sqlite";

const count = 300_000;

function open(options: string): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  database.exec(`CREATE VIRTUAL TABLE messages USING fts5(text, content='', columnsize=0${options})`);
  const insert = database.prepare("INSERT INTO messages(rowid, text) VALUES (?, ?)");
  database.exec("BEGIN");
  for (let id = 1; id <= count; id++) insert.run(id, "green tea");
  database.exec("COMMIT");
  return database;
}

/** The time of a page of five, in milliseconds: the best of several tries. */
function time(database: DatabaseSync, words: string, bound = 0): number {
  const page = database.prepare(
    "SELECT rowid FROM messages WHERE messages MATCH ? AND rowid > ? ORDER BY rowid DESC LIMIT 5",
  );
  const times = Array.from({ length: 7 }, () => {
    const startMs = performance.now();
    if (page.all(words, bound).length !== 5) throw new Error("The page has not five rows");
    return performance.now() - startMs;
  });
  return Math.min(...times);
}

const plain = open("");
const indexed = open(", prefix='3'");
const results = {
  'whole word "tea"': time(plain, '"tea"'),
  'start of a word "tea"*': time(plain, '"tea"*'),
  'start of a word "tea"*, among the last ten rows': time(plain, '"tea"*', count - 10),
  "start of a word \"tea\"*, with the option prefix='3'": time(indexed, '"tea"*'),
};
const version = plain.prepare("SELECT sqlite_version() AS version").get()!.version;
console.log(`Deno ${Deno.version.deno}, SQLite ${version}; ${count} matches`);
console.log("expected: a page of the newest five takes about the same time for each search");
for (const [search, ms] of Object.entries(results)) console.log(`seen: ${ms.toFixed(2)} ms for the ${search}`);
const [whole = 0, start = 0, bounded = 0, index = 0] = Object.values(results);
Deno.exit(start > 20 * whole && bounded > 20 * whole && index < start / 20 ? 0 : 1);
PROGRAM

NO_COLOR=1 timeout 50 npx -y "$deno" run -A "$folder/prefix.ts"
