#!/usr/bin/env bash
# The JavaScript client of NATS cannot get an object named "ü" that the Python client stored.
#
# Expected: the name is any text (ADR-20: "not restricted"), and every NATS client finds an object by its name.
# Seen: clients store an object under its name in base64. The Python client encodes the UTF-8 bytes of the name;
# @nats-io/obj encodes one byte for each character. So each client lists the object "ü" of the other and cannot get it.
# In JavaScript, put() throws InvalidCharacterError for a character after U+00FF, such as "ł" or "日".
# For a chat server: do not store a shared file under its own name. Store it under an id, and save the name elsewhere.
# Our code: lib/server/cluster/nats_files.ts stores files by id.
# Source: https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-20.md
set -euo pipefail

server=$(command -v nats-server) || { echo "nats-server is needed (Debian: apt install nats-server)" >&2; exit 2; }
command -v python3 >/dev/null || { echo "python3 is needed" >&2; exit 2; }
folder=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || kill "$pid" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @nats-io/transport-node@3.4.0 @nats-io/obj@3.4.0 >/dev/null
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore \
  --target "$folder/python" nats-py==2.15.0 >"$folder/pip.log" 2>&1 || { cat "$folder/pip.log" >&2; exit 2; }
"$server" -a 127.0.0.1 -p -1 -js -sd "$folder/store" --ports_file_dir "$folder" >/dev/null 2>&1 &
pid=$!
for _ in {1..50}; do compgen -G "$folder/*.ports" >/dev/null && break; sleep 0.1; done
url=$(grep -ho 'nats://[^"]*' "$folder"/*.ports | head -1)

cat >"$folder/store.mjs" <<'PROGRAM'
import { connect } from "@nats-io/transport-node";
import { Objm } from "@nats-io/obj";

const connection = await connect({ servers: process.argv[2] });
const bucket = await new Objm(connection).create("files");
for (const name of ["tea", "ü"]) await bucket.put({ name }, new Blob(["text"]).stream());
await connection.close();
PROGRAM

cat >"$folder/middle.py" <<'PROGRAM'
import asyncio, json, sys
import nats


async def main():
    connection = await nats.connect(sys.argv[1])
    bucket = await connection.jetstream().object_store("files")
    found = []
    for name in ["tea", "ü"]:
        try:
            await bucket.get(name)
            found.append(name)
        except nats.js.errors.ObjectNotFoundError:
            pass
    listed = sorted(one.name for one in await bucket.list())
    for name in ["über", "ł"]:
        await bucket.put(name, b"text")
    await connection.close()
    print(json.dumps({"found": found, "listed": listed}))


asyncio.run(main())
PROGRAM

cat >"$folder/check.mjs" <<'PROGRAM'
import { readFileSync } from "node:fs";
import { connect } from "@nats-io/transport-node";
import { Objm } from "@nats-io/obj";

const [, , url, fromPython] = process.argv;
const python = JSON.parse(fromPython);
const connection = await connect({ servers: url });
const bucket = await new Objm(connection).open("files");

/** The result of a call, in a word. */
const outcome = (call) => call().then((one) => one ? "found" : "not found", (error) => error.name);

const listed = (await bucket.list()).map(({ name }) => name).sort();
const results = {
  "get tea": await outcome(() => bucket.get("tea")),
  "get über": await outcome(() => bucket.get("über")),
  "get ł": await outcome(() => bucket.get("ł")),
  "put 日": await outcome(() => bucket.put({ name: "日" }, new Blob(["text"]).stream())),
};
const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
const library = versionOf("@nats-io/obj");
console.log(`nats-server ${connection.info.version}, @nats-io/obj ${library}, nats-py 2.15.0, Node ${process.version}`);
console.log("expected: each client finds each object, and each name can be stored");
console.log(`seen: Python lists ${python.listed.join(", ")} and gets only ${python.found.join(", ")}`);
console.log(`      JavaScript lists ${listed.join(", ")}`);
for (const [call, result] of Object.entries(results)) console.log(`      JavaScript ${call}: ${result}`);
await connection.close();
const isAsDescribed = python.listed.join() === "tea,ü" && python.found.join() === "tea" &&
  listed.includes("über") && listed.includes("ł") &&
  Object.values(results).join() === "found,not found,InvalidCharacterError,InvalidCharacterError";
process.exit(isAsDescribed ? 0 : 1);
PROGRAM

node "$folder/store.mjs" "$url"
python=$(PYTHONPATH="$folder/python" python3 "$folder/middle.py" "$url")
timeout 20 node "$folder/check.mjs" "$url" "$python"
