#!/usr/bin/env bash
# One secure delete makes a full-text index unreadable for SQLite before 3.42.
#
# Expected: old and new versions of SQLite read the same file, and an option has no effect after it is off.
# Seen: the first delete with the FTS5 option 'secure-delete' changes the format of the index from 4 to 5. Then SQLite
# before 3.42 (Debian 12 has 3.40) refuses every search in this index. This stays so after the option is off. The command
# 'rebuild' changes the format back.
# For a chat server: after one erased message, an administrator cannot search the file with the sqlite3 of an older
# system. The other tables stay readable.
# Our code: lib/server/store/search.ts uses the option, so our files have this limit.
# Source: https://sqlite.org/fts5.html#the_secure_delete_configuration_option
set -euo pipefail

deno=deno@2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @sqlite.org/sqlite-wasm@3.41.2 >/dev/null

cat >"$folder/write.ts" <<'PROGRAM'
import { DatabaseSync } from "node:sqlite";

const folder = Deno.args[0];
const database = new DatabaseSync(`${folder}/chat.db`);
const { version } = database.prepare("SELECT sqlite_version() AS version").get()!;
console.log(`Written by Deno ${Deno.version.deno} with SQLite ${version}`);
database.exec("CREATE TABLE people(nick)");
database.exec("INSERT INTO people VALUES ('ann')");
database.exec("CREATE VIRTUAL TABLE messages USING fts5(text)");
database.exec("INSERT INTO messages VALUES ('hello tea'), ('more tea'), ('secret')");
Deno.copyFileSync(`${folder}/chat.db`, `${folder}/new.db`);
database.exec("INSERT INTO messages(messages, rank) VALUES ('secure-delete', 1)");
Deno.copyFileSync(`${folder}/chat.db`, `${folder}/option.db`);
database.exec("DELETE FROM messages WHERE rowid = 3");
database.exec("INSERT INTO messages(messages, rank) VALUES ('secure-delete', 0)");
Deno.copyFileSync(`${folder}/chat.db`, `${folder}/deleted.db`);
database.exec("INSERT INTO messages(messages) VALUES ('rebuild')");
Deno.copyFileSync(`${folder}/chat.db`, `${folder}/rebuilt.db`);
PROGRAM

cat >"$folder/read.mjs" <<'PROGRAM'
import { readFileSync } from "node:fs";

const folder = process.argv[2];
const wasm = `${folder}/node_modules/@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm`;
// The browser build warns that there is no browser file system; it is not used here.
console.warn = () => {};
const { default: load } = await import(`${wasm}/sqlite3.mjs`);
const sqlite = await load({ print() {}, printErr() {}, wasmBinary: readFileSync(`${wasm}/sqlite3.wasm`) });

/** The number of messages that a search finds, or the error. */
function search(name) {
  const bytes = new Uint8Array(readFileSync(`${folder}/${name}.db`));
  const database = new sqlite.oo1.DB();
  const pointer = sqlite.wasm.allocFromTypedArray(bytes);
  const flags = sqlite.capi.SQLITE_DESERIALIZE_FREEONCLOSE;
  database.checkRc(
    sqlite.capi.sqlite3_deserialize(database.pointer, "main", pointer, bytes.length, bytes.length, flags),
  );
  const people = database.selectValue("SELECT count(*) FROM people");
  if (people !== 1) throw new Error("The file is not readable at all");
  try {
    return `finds ${database.selectValue("SELECT count(*) FROM messages WHERE messages MATCH 'tea'")} messages`;
  } catch (error) {
    return `fails: ${error.message}`;
  }
}

console.log(`Read by SQLite ${sqlite.capi.sqlite3_libversion()}`);
console.log("expected: each search finds 2 messages");
const results = ["new", "option", "deleted", "rebuilt"].map(search);
console.log(`seen: new file: ${results[0]}`);
console.log(`      option on, nothing deleted: ${results[1]}`);
console.log(`      one message deleted, option off again: ${results[2]}`);
console.log(`      after 'rebuild': ${results[3]}`);
const isAsDescribed = [0, 1, 3].every((at) => results[at] === "finds 2 messages") && /found 5, expected 4/.test(results[2]);
process.exit(isAsDescribed ? 0 : 1);
PROGRAM

NO_COLOR=1 timeout 40 npx -y "$deno" run -A "$folder/write.ts" "$folder"
NO_COLOR=1 timeout 20 npx -y "$deno" run -A --location http://localhost "$folder/read.mjs" "$folder"
