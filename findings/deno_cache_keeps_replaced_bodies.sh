#!/usr/bin/env bash
# In Deno, an answer that is replaced in or deleted from a Cache stays on the disk.
#
# Expected: cache.put() of the same address replaces the stored body, and cache.delete() frees its space, as in browsers.
# Seen: each put() leaves another file below DENO_DIR, and delete() removes none. Only caches.delete(), which removes a
# whole cache, frees the space. The cache itself no longer finds the old answers.
# For a chat server: what it keeps between starts at one address grows with each version, without an end. Use a cache of
# its own for each version, and delete the caches of the others.
# Our code: lib/server/web/page_cache.ts.
# Source: https://w3c.github.io/ServiceWorker/#cache-put
set -euo pipefail

command -v npx >/dev/null || { echo "This needs Node with npm"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/cache.js" <<'PROGRAM'
const cache = await caches.open("one");
const store = () => cache.put("http://page/", new Response(new Uint8Array(400_000)));
const act = { put: async () => { await store(); await store(); await store(); }, delete: () => cache.delete("http://page/"),
  drop: () => caches.delete("one") };
await act[Deno.args[0]]();
PROGRAM
bodies() {
  DENO_DIR=$folder/deno npx -y deno@2.9.6 run "$folder/cache.js" "$1" 1>&2
  find "$folder/deno" -size +300k -path '*responses*' | wc -l
}

npx -y deno@2.9.6 --version | head -1
put=$(bodies put) deleted=$(bodies delete) dropped=$(bodies drop)

echo "Expected after three puts at one address: 1 body; after its delete(): 0"
echo "Seen: $put and $deleted; after caches.delete(): $dropped"
[[ $put == 3 && $deleted == 3 && $dropped == 0 ]]
