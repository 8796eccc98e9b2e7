#!/usr/bin/env bash
# In Deno, one line of log that cannot be written ends the program.
#
# Expected: console.error() and console.log() never throw. In Node.js a console ignores that its disk is full.
# Seen: with standard error on a full disk, console.error() of Deno throws "No space left on device", and without a
# handler the program ends. It is the same when the reader of a pipe has ended.
# For a chat server: its log is often on the disk that becomes full, so the first line about the full disk would end the
# chat. Write each line of the log inside try, and count what is dropped.
# Our code: lib/server/start/log.ts.
# Source: https://nodejs.org/api/console.html#new-consoleoptions (ignoreErrors); Deno documents nothing.
set -euo pipefail

[[ -c /dev/full ]] || { echo "This needs /dev/full, as Linux has it"; exit 2; }
command -v npx >/dev/null || { echo "This needs Node with npm"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/log.js" <<'PROGRAM'
console.error("a line of the log");
console.log("the program goes on");
PROGRAM

node --version
npx -y deno@2.9.6 --version | head -1
in_node=$(node "$folder/log.js" 2>/dev/full) || in_node="it ended"
in_deno=$(npx -y deno@2.9.6 run "$folder/log.js" 2>/dev/full) || in_deno="it ended"

echo "Expected after a line of log on a full disk: the program goes on"
echo "Seen in Node.js: $in_node"
echo "Seen in Deno:    $in_deno"
[[ $in_node == "the program goes on" && $in_deno == "it ended" ]]
