#!/usr/bin/env bash
# An asynchronous function of a file in Deno, such as syncData(), ends the locks that SQLite has of this file.
#
# Expected: syncData() and syncDataSync() do the same, and locks stay until the file is closed.
# Seen: for each asynchronous function Deno copies the descriptor and closes the copy afterwards. When a process closes any
# descriptor of a file, POSIX ends all its fcntl locks of this file (fcntl(2), "Record locking semantics"), also those of
# SQLite in the same process. Another program can then open the database; with a write-ahead log and no shared memory it
# also removes the log at its end. Deno.copyFile() and Deno.readFile() do the same, which is easier to guess.
# For a chat server: a backup or an fdatasync of the database file must use synchronous functions of a descriptor that stays
# open, or FFI.
# Our code: lib/server/store/disk_file.ts, lib/server/store/file_copy.ts.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/other.ts" <<'PROGRAM'
import { DatabaseSync } from "node:sqlite";
try {
  new DatabaseSync("chat.db").prepare("SELECT * FROM message").all();
  console.log("open");
} catch (error) {
  console.log((error as Error).message);
}
PROGRAM

cat >"$folder/locks.ts" <<'PROGRAM'
import { DatabaseSync } from "node:sqlite";
async function other(): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-config", "--no-check", "other.ts"] });
  return new TextDecoder().decode((await command.output()).stdout).trim();
}
const file = Deno.openSync("chat.db", { create: true, read: true, write: true });
const db = new DatabaseSync("chat.db");
db.exec("PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE message (text TEXT)");
const before = await other();
file.syncDataSync();
const synchronous = await other();
await file.syncData();
const asynchronous = await other();
console.log(`Deno ${Deno.version.deno}, SQLite ${db.prepare("SELECT sqlite_version() AS version").get()?.version}`);
console.log(`expected for another program: ${before}, ${before}, ${before}`);
console.log(`before: ${before}\nafter syncDataSync(): ${synchronous}\nafter syncData(): ${asynchronous}`);
Deno.exit(before === "database is locked" && synchronous === before && asynchronous === "open" ? 0 : 1);
PROGRAM

cd "$folder"
npx -y deno@2.9.6 run -A --no-config --no-check "$folder/locks.ts"
