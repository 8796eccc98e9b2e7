#!/usr/bin/env bash
# With "PRAGMA secure_delete", SQLite still keeps a few deleted rows in its file.
#
# Expected: the bytes of a deleted row are overwritten with zeros, so no deleted text is in the file after a checkpoint.
# Seen: when most rows of a page are deleted, SQLite moves the others to a page beside it. The bytes of the moved rows can
# stay in the free space of their old page. When such a row is deleted later, only its new place is overwritten.
# Emptying the rows with UPDATE moves nothing, so nothing is left. VACUUM removes what is left.
# For a chat server: after many messages were deleted, a person with the file can read a few of them.
# Our code: lib/server/store/empty_blocks.ts empties rows, and deletes them only where no row with text is near.
# Source: https://sqlite.org/pragma.html#pragma_secure_delete
set -euo pipefail

deno=deno@2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/delete.ts" <<'PROGRAM'
import { DatabaseSync } from "node:sqlite";

const ids = Array.from({ length: 5_000 }, (_, at) => at + 1);
const gone = ids.filter((id) => id * 37 % 100 < 70);
const word = (id: number) => `word${100_000 + id}`;

/** The deleted words that are in the file. */
function wordsLeft(sql: string): { left: number; afterVacuum: number } {
  const path = `${import.meta.dirname}/chat.db`;
  const database = new DatabaseSync(path);
  database.exec("PRAGMA secure_delete = ON; PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL");
  database.exec("CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT)");
  const insert = database.prepare("INSERT INTO message VALUES (?, ?)");
  for (const id of ids) insert.run(id, word(id) + ".".repeat(id * 37 % 900));
  const remove = database.prepare(sql);
  for (const id of gone) remove.run(id);
  const count = () => {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
    const kept = new Set(text.match(/word\d{6}/g));
    return gone.filter((id) => kept.has(word(id))).length;
  };
  const left = count();
  database.exec("VACUUM");
  const afterVacuum = count();
  database.close();
  Deno.removeSync(path);
  return { left, afterVacuum };
}

const { version } = new DatabaseSync(":memory:").prepare("SELECT sqlite_version() AS version").get()!;
const deleted = wordsLeft("DELETE FROM message WHERE id = ?");
const emptied = wordsLeft("UPDATE message SET text = '' WHERE id = ?");
console.log(`Deno ${Deno.version.deno}, SQLite ${version}`);
console.log(`expected: 0 of ${gone.length} deleted words in the file`);
console.log(`seen: ${deleted.left} after DELETE, then ${deleted.afterVacuum} after VACUUM; ${emptied.left} after UPDATE`);
Deno.exit(deleted.left > 0 && deleted.afterVacuum === 0 && emptied.left === 0 ? 0 : 1);
PROGRAM

NO_COLOR=1 timeout 50 npx -y "$deno" run -A "$folder/delete.ts"
