#!/usr/bin/env bash
# Pidgin and Finch cannot log in where SCRAM has the number of iterations that is recommended today.
#
# Expected: a client computes with the number of iterations that the server names. OWASP recommends 600,000 for
# PBKDF2 with SHA-256.
# Seen: Cyrus SASL, the library of Pidgin and Finch, refuses more than 65,536 iterations ("iteration-count is too big,
# refusing to compute"). libpurple chooses SCRAM by itself, does not go on with PLAIN, and disables the account.
# For a chat server: a stored verifier fixes the number, so it cannot be lowered later without the password. Verifiers
# with up to 65,536 iterations work for all clients; with more, these programs need another way, such as PASS.
# Our code: lib/irc/scram.ts makes the verifiers; lib/server/commands/pass.ts is the other way.
set -euo pipefail

for program in finch script node; do
  command -v "$program" >/dev/null || { echo "This needs $program: apt-get install finch bsdutils nodejs"; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/server.mjs" <<'PROGRAM'
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";

const folder = process.argv[2];
const encode = (text) => Buffer.from(text).toString("base64");
const decode = (text) => Buffer.from(text, "base64").toString();

/** The answer of Finch to the challenge of a server with so many iterations. */
function answerTo(iterations) {
  return new Promise((resolve) => {
    let step = "";
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("close", () => step === "challenged" && done(server, "it closes the connection"));
      let rest = "";
      socket.on("data", (data) => {
        const parts = (rest + data).split(/\r?\n/);
        rest = parts.pop();
        for (const line of parts) take(socket, line);
      });
    });
    const take = (socket, line) => {
      const send = (text) => socket.write(`${text}\r\n`);
      const [, word] = /^AUTHENTICATE (.*)/.exec(line) ?? [];
      if (line.startsWith("CAP LS")) return send(":server CAP * LS :sasl");
      if (line.startsWith("CAP REQ")) return send(":server CAP * ACK :sasl");
      if (word === undefined) return;
      if (step === "challenged") return done(server, `it goes on: ${decode(word).slice(0, 7)}…`);
      if (step === "started") {
        const [, nonce] = /r=([^,]*)/.exec(decode(word)) ?? [];
        step = "challenged";
        return send(`AUTHENTICATE ${encode(`r=${nonce}server,s=${encode("a salt of 16 b")},i=${iterations}`)}`);
      }
      if (word === "SCRAM-SHA-256") {
        step = "started";
        return send("AUTHENTICATE +");
      }
      send(":server 908 * PLAIN,SCRAM-SHA-256 :are available SASL mechanisms");
      send(":server 904 * :SASL authentication failed");
    };
    let finch;
    const late = setTimeout(() => done(server, "no answer"), 20_000);
    const done = (server, answer) => {
      clearTimeout(late);
      server.close();
      finch.kill();
      resolve(answer); // Only the first answer counts.
    };
    server.listen(0, "127.0.0.1", () => {
      const home = `${folder}/${iterations}`;
      mkdirSync(home);
      writeFileSync(`${home}/accounts.xml`, accounts(server.address().port));
      // Finch needs a terminal.
      finch = spawn("script", ["-qefc", `stty rows 30 cols 100; exec finch --config ${home}`, "/dev/null"], {
        env: { ...process.env, HOME: home, TERM: "xterm" },
        stdio: ["pipe", "ignore", "ignore"],
      });
    });
  });
}

function accounts(port) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<account version="1.0"><account>
<protocol>prpl-irc</protocol><name>ann@127.0.0.1</name><password>secret</password>
<settings><setting name="port" type="int">${port}</setting><setting name="sasl" type="bool">1</setting></settings>
<settings ui="gnt-purple"><setting name="auto-login" type="bool">1</setting></settings>
</account></account>`;
}

const tried = [4096, 65_536, 65_537, 600_000];
const answers = await Promise.all(tried.map(answerTo));
console.log("expected: it goes on, whatever the number is");
tried.forEach((iterations, at) => console.log(`seen: ${iterations} iterations: ${answers[at]}`));
const [few, most, more, recommended] = answers.map((answer) => answer.startsWith("it goes on"));
const isAsDescribed = few && most && !more && !recommended && !answers.includes("no answer");
process.exit(isAsDescribed ? 0 : 1);
PROGRAM

finch --version
timeout 50 node "$folder/server.mjs" "$folder"
