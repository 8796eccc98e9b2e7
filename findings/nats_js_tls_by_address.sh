#!/usr/bin/env bash
# The JavaScript client of NATS refuses the right certificate of a server that is named by its IP address.
#
# Expected: "tls://127.0.0.1:4222" works with a certificate for the IP address 127.0.0.1, as it does with openssl and
# with node:tls.
# Seen with @nats-io/transport-node 3.4.0: the client compares the certificate with the name "localhost", whatever the
# address is, so it connects only to a name. It upgrades an open socket to TLS and gives node:tls neither the address nor
# a name for it; node:tls then takes its default.
# For a chat server: machines that find NATS by address cannot use TLS. An operator who sees only "does not match" turns
# the check off.
# Our code: the guide says that the certificate and the URL need a name (lib/server/README.md, "Protect NATS").
set -euo pipefail

server=$(command -v nats-server) || { echo "nats-server is needed (Debian: apt install nats-server)" >&2; exit 2; }
command -v openssl >/dev/null || { echo "openssl is needed (Debian: apt install openssl)" >&2; exit 2; }
folder=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || kill "$pid" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @nats-io/transport-node@3.4.0 >/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
printf 'tls { cert_file: "%s/cert.pem", key_file: "%s/key.pem" }\n' "$folder" "$folder" >"$folder/nats.conf"
"$server" -c "$folder/nats.conf" -a 127.0.0.1 -p -1 --ports_file_dir "$folder" >/dev/null 2>&1 &
pid=$!
for _ in {1..50}; do compgen -G "$folder/*.ports" >/dev/null && break; sleep 0.1; done
port=$(grep -ho 'tls://[^"]*\|nats://[^"]*' "$folder"/*.ports | head -1 | sed 's/.*://')

cat >"$folder/try.mjs" <<'PROGRAM'
import { readFileSync } from "node:fs";
import { createServer, connect as connectTls } from "node:tls";
import { connect } from "@nats-io/transport-node";

const [folder, port] = process.argv.slice(2);
const [ca, key] = ["cert.pem", "key.pem"].map((name) => readFileSync(`${folder}/${name}`));
const plain = createServer({ cert: ca, key }).listen(0, "127.0.0.1");
await new Promise((resolve) => plain.once("listening", resolve));
const byNode = await new Promise((resolve) => {
  const socket = connectTls({ host: "127.0.0.1", port: plain.address().port, ca }, () => resolve("connected"));
  socket.once("error", (error) => resolve(error.message));
});
const byNats = await connect({ servers: `127.0.0.1:${port}`, tls: { ca }, timeout: 5000, reconnect: false })
  .then((connection) => connection.close().then(() => "connected"), (error) => String(error.cause?.message ?? error.message));
console.log(`node ${process.version}, @nats-io/transport-node 3.4.0, a certificate for the IP address 127.0.0.1`);
console.log(`expected of both: connected\nnode:tls: ${byNode}\nNATS client: ${byNats}`);
process.exit(byNode === "connected" && /localhost/.test(byNats) ? 0 : 1);
PROGRAM
"$server" --version
node "$folder/try.mjs" "$folder" "$port"
