#!/usr/bin/env bash
# The second of two small lines from a TLS server of Deno arrives 40 ms late.
#
# Expected: Deno.listenTls() gives sockets like Deno.listen(), and a chat line takes as long with TLS as without.
# Seen: TCP holds a small write back until the peer has acknowledged the one before, and a peer that has just asked for
# something delays this acknowledgement by 40 ms (Nagle's algorithm with delayed acknowledgements). A TCP connection of
# Deno has setNoDelay() against that; a TLS connection has none, and Deno does not set it. TLS by node:tls on a socket of
# Deno.listen() after setNoDelay() is quick.
# For a chat server: nobody sees it with one line at a time; it shows when an answer follows an echo.
# Our code: lib/net/tls_accept.ts and lib/net/accept.ts.
set -euo pipefail
command -v openssl >/dev/null || { echo "This script needs openssl"; exit 2; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null

cat >"$folder/two_lines.ts" <<'PROGRAM'
const [cert, key] = ["cert.pem", "key.pem"].map((name) => Deno.readTextFileSync(`${Deno.args[0]}/${name}`));
const bytes = new Uint8Array(100);

/** Answers each line by two writes. */
async function answer(socket: Deno.Conn): Promise<void> {
  const space = new Uint8Array(100);
  while (await socket.read(space) !== null) {
    await socket.write(new TextEncoder().encode("echo\n"));
    setTimeout(() => socket.write(new TextEncoder().encode("answer\n")), 1);
  }
}

/** The middle time until both lines are there, in milliseconds. */
async function median(socket: Deno.Conn): Promise<number> {
  const times = [];
  for (let round = 0; round < 15; round++) {
    const startedMs = performance.now();
    await socket.write(new TextEncoder().encode("ask\n"));
    for (let read = 0; read < "echo\nanswer\n".length;) read += await socket.read(bytes) ?? 0;
    times.push(performance.now() - startedMs);
  }
  return times.sort((one, other) => one - other)[7] ?? Infinity;
}

const hostname = "127.0.0.1";
const plain = Deno.listen({ hostname, port: 0 });
plain.accept().then((socket) => (socket.setNoDelay(), answer(socket)));
const secure = Deno.listenTls({ hostname, port: 0, cert, key });
secure.accept().then(answer);
const plainMs = await median(await Deno.connect({ hostname, port: plain.addr.port }));
const secureMs = await median(await Deno.connectTls({ hostname, port: secure.addr.port, caCerts: [cert] }));
console.log(`Deno ${Deno.version.deno}`);
console.log("Expected: both lines within a few milliseconds, with and without TLS");
console.log(`Seen: ${plainMs.toFixed(1)} ms without TLS, ${secureMs.toFixed(1)} ms with TLS`);
Deno.exit(secureMs > plainMs + 20 ? 0 : 1);
PROGRAM

cd "$folder"
npx -y deno@2.9.6 run --no-config --allow-net=127.0.0.1 --allow-read="$folder" "$folder/two_lines.ts" "$folder"
