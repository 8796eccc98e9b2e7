#!/usr/bin/env bash
# SQLite with a write-ahead log does not notice that its database file was deleted.
#
# Expected: a commit after the file was deleted fails with "attempt to write a readonly database", as it does without a
# write-ahead log (SQLITE_READONLY_DBMOVED).
# Seen: with journal_mode=WAL each commit succeeds and each reader finds the rows, until the program ends. Then all of
# them are gone, also those from before.
# For a chat server: compare the inode of the file from time to time, and write a copy (VACUUM INTO) when it is gone. The
# copy must not get the name of the database before the old log is deleted: SQLite would apply that log to the copy.
# Our code: lib/server/store/file_watch.ts.
# Source: https://www.sqlite.org/rescode.html#readonly_dbmoved
set -euo pipefail

python=$(command -v python3) || { echo "This needs python3"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/delete.py" <<'PROGRAM'
"""Prints the answer to a commit after the database file was deleted."""
import os
import sqlite3
import sys

path, mode = sys.argv[1:]
connection = sqlite3.connect(path)
connection.execute(f"PRAGMA journal_mode = {mode}")
connection.execute("CREATE TABLE message (text)")
connection.commit()
os.remove(path)
try:
    connection.execute("INSERT INTO message VALUES ('hello')")
    connection.commit()
    found = connection.execute("SELECT count(*) FROM message").fetchone()[0]
    print(f"saved, {found} row found")
except sqlite3.OperationalError as error:
    print(error)
connection.close()
PROGRAM

"$python" -c 'import sqlite3; print("SQLite", sqlite3.sqlite_version)'
without=$("$python" "$folder/delete.py" "$folder/one.db" DELETE)
with=$("$python" "$folder/delete.py" "$folder/two.db" WAL)
echo "Expected after the file was deleted: attempt to write a readonly database"
echo "Seen without a write-ahead log: $without"
echo "Seen with one:                  $with"
[[ $without == *readonly* && $with == "saved, 1 row found" && ! -e $folder/two.db ]]
