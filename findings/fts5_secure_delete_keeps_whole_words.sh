#!/usr/bin/env bash
# With "secure-delete", the full-text index of SQLite still keeps some deleted words whole in its file.
#
# Expected: with the option "secure-delete" and PRAGMA secure_delete, no byte of a word is left in the file after its only
# row was deleted.
# Seen: the table "<index>_idx" has for each page of the index the start of its first word, as long as is needed to tell
# it from the last word of the page before. Where two neighbours differ in their last letter only, that is the whole word,
# and a deletion does not change this table. The word stays until its part of the index is merged with another one;
# "optimize" of an index in one part does nothing.
# For a chat server: a deleted password or name can stay in the file, rarely, and mostly among words with numbers.
# Our code: lib/server/store/index_traces.ts shortens these starts after each deletion, to what the words that are left need.
# Source: https://sqlite.org/fts5.html#the_secure_delete_configuration_option
set -euo pipefail

deno=deno@2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/keep.ts" <<'PROGRAM'
import { DatabaseSync } from "node:sqlite";

const path = `${import.meta.dirname}/words.db`;
const database = new DatabaseSync(path);
database.exec("PRAGMA secure_delete = ON; PRAGMA journal_mode = DELETE");
database.exec("CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=none)");
database.exec("INSERT INTO words (words, rank) VALUES ('automerge', 0), ('secure-delete', 1)");

const insert = database.prepare("INSERT INTO words (rowid, text) VALUES (?, ?)");
const remove = database.prepare("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)");
const ids = Array.from({ length: 3_000 }, (_, at) => at + 1);
const word = (id: number) => `tea${1000 + (id >> 2)}cup${id % 4}`;
database.exec("BEGIN");
for (const id of ids) insert.run(id, word(id));
database.exec("COMMIT");

const starts = database.prepare("SELECT CAST(term AS TEXT) AS term FROM words_idx").all().map(({ term }) =>
  String(term).slice(1)
);
const whole = ids.filter((id) => starts.includes(word(id)));
for (const id of whole) remove.run(id, word(id));
const isFound = (id: number) =>
  database.prepare("SELECT count(*) AS count FROM words WHERE words MATCH ?").get(word(id))!.count === 1;
const found = whole.filter(isFound).length;
const isInFile = (id: number) => new TextDecoder("latin1").decode(Deno.readFileSync(path)).includes(word(id));
const kept = whole.filter(isInFile).length;
database.exec("INSERT INTO words (words) VALUES ('optimize')");
const keptAlone = whole.filter(isInFile).length;
insert.run(ids.length + 1, "milk");
database.exec("INSERT INTO words (words) VALUES ('optimize')");
const keptAfterMerge = whole.filter(isInFile).length;
const { version } = database.prepare("SELECT sqlite_version() AS version").get()!;
database.close();

console.log(`Deno ${Deno.version.deno}, SQLite ${version}`);
console.log(`deleted ${whole.length} words of ${ids.length}; a search finds ${found} of them`);
console.log(`in the file: expected 0, seen ${kept}; after "optimize" of an index in one part ${keptAlone}`);
console.log(`after "optimize" of an index in two parts: ${keptAfterMerge}`);
const isAsDescribed = found === 0 && kept === whole.length && keptAlone === kept && keptAfterMerge === 0;
Deno.exit(whole.length > 0 && isAsDescribed ? 0 : 1);
PROGRAM

NO_COLOR=1 timeout 50 npx -y "$deno" run -A "$folder/keep.ts"
