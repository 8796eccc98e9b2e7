#!/usr/bin/env bash
# Deleted words stay in the full-text index of SQLite.
#
# Expected: with PRAGMA secure_delete, a deleted message leaves no trace in the file. VACUUM removes what is left.
# Seen: the search does not find the message, but its words stay in the file, also after VACUUM. FTS5 only adds a mark to
# its index. The old entry stays until FTS5 merges that part of the index. The FTS5 option 'secure-delete' removes it.
# For a chat server: without this option, a person with the file or a backup can read words of deleted messages.
# Our code: lib/server/store/search.ts sets the option while it erases.
# Sources: https://sqlite.org/pragma.html#pragma_secure_delete (a note on FTS3 and FTS5),
# https://sqlite.org/fts5.html#the_secure_delete_configuration_option
set -euo pipefail

deno=deno@2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/words.ts" <<'PROGRAM'
import { DatabaseSync } from "node:sqlite";

const word = "xylophone";

/** The file of a chat whose message with the word was deleted. */
function fileAfterDelete(path: string, steps: { option?: boolean; vacuum?: boolean }): string {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA secure_delete = ON");
  database.exec("CREATE VIRTUAL TABLE messages USING fts5(text)");
  if (steps.option) database.exec("INSERT INTO messages(messages, rank) VALUES ('secure-delete', 1)");
  const insert = database.prepare("INSERT INTO messages(rowid, text) VALUES (?, ?)");
  database.exec("BEGIN");
  for (let id = 1; id <= 2000; id++) insert.run(id, id === 1000 ? `I bought a ${word}` : `message ${id}`);
  database.exec("COMMIT");
  database.exec("DELETE FROM messages WHERE rowid = 1000");
  if (steps.vacuum) database.exec("VACUUM");
  const { found } = database.prepare("SELECT count(*) AS found FROM messages WHERE messages MATCH ?").get(word)!;
  if (found !== 0) throw new Error("The search still finds the deleted message");
  database.close();
  return new TextDecoder("latin1").decode(Deno.readFileSync(path));
}

const folder = Deno.args[0];
const results = {
  "PRAGMA secure_delete": fileAfterDelete(`${folder}/1.db`, {}).includes(word),
  "PRAGMA secure_delete and VACUUM": fileAfterDelete(`${folder}/2.db`, { vacuum: true }).includes(word),
  "PRAGMA secure_delete and the FTS5 option": fileAfterDelete(`${folder}/3.db`, { option: true }).includes(word),
};
const version = new DatabaseSync(":memory:").prepare("SELECT sqlite_version() AS version").get()!.version;
console.log(`Deno ${Deno.version.deno}, SQLite ${version}`);
console.log("expected: the search does not find the message, and the file does not contain its words");
console.log("seen: the search does not find the message");
for (const [steps, isThere] of Object.entries(results)) {
  console.log(`      after ${steps}: the word is ${isThere ? "still" : "not"} in the file`);
}
Deno.exit(Object.values(results).join() === "true,true,false" ? 0 : 1);
PROGRAM

NO_COLOR=1 timeout 50 npx -y "$deno" run -A "$folder/words.ts" "$folder"
