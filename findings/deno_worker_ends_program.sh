#!/usr/bin/env bash
# A Deno program ends when it starts a worker while almost no file descriptor is free.
#
# Expected: "new Worker()" throws, or its "onerror" is called; the program goes on.
# Seen: the thread of the worker panics, and the whole process ends with exit code 1. Six free descriptors are enough.
# For a chat server: with as many connections as the system allows, one worker ends the server for everybody.
# Our code: lib/server/web/joined_page.ts asks first whether descriptors are free (lib/net/descriptors.ts).
# Source: https://docs.deno.com/runtime/reference/web_platform_apis/#web-workers
set -euo pipefail

deno=deno@2.9.6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/worker.ts" <<'PROGRAM'
const files: Deno.FsFile[] = [];
try {
  for (;;) files.push(Deno.openSync("/dev/null"));
} catch {
  // No descriptor is free.
}
for (const file of files.splice(0, Number(Deno.args[0]))) file.close();
try {
  const worker = new Worker("data:text/javascript,postMessage(1)", { type: "module" });
  const said = await new Promise((resolve) => {
    worker.onmessage = () => resolve("the worker runs");
    worker.onerror = (event) => {
      event.preventDefault();
      resolve("an error is told");
    };
  });
  worker.terminate();
  console.log(said);
} catch {
  console.log("an error is thrown");
}
PROGRAM

npx -y "$deno" --version | head -n 1
ulimit -n 200
results=""
for free in 2 32; do
  code=0
  said=$(NO_COLOR=1 timeout 20 npx -y "$deno" run -A "$folder/worker.ts" "$free" 2>"$folder/errors") || code=$?
  panic=$(grep -c "panicked at" "$folder/errors" || true)
  echo "$free descriptors free: exit code $code, ${said:-nothing is told}, panics: $panic"
  results+="$code/$said/$panic "
done
[[ $results == "1//1 0/the worker runs/0 " ]]
