/** The real program when it has few file descriptors, and when it has none left. */
import { assertEquals, assertMatch } from "@std/assert";
import { formatVerifier, makeVerifier } from "../lib/irc/scram.ts";
import { makeCertificate } from "../lib/net/certificate.ts";
import { dialTls } from "../lib/net/dial_tls.ts";
import { withDeadline } from "./support/deadline.ts";
import { temporaryFolder } from "./support/folder.ts";
import { readAll, sendText } from "./support/listening.ts";
import { overTcp, Peer } from "./support/peer.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { hasProgram } from "./support/programs.ts";
import { type RunningServer, startServer } from "./support/server.ts";
import { ask } from "./support/transcript.ts";

const hostname = "127.0.0.1";
const most = 256;
const limited = ["sh", "-c", `ulimit -n ${most} && exec "$0" "$@"`];
const patienceMs = 5_000;

Deno.test({
  name:
    "without free file descriptors each listener refuses in words, tells operators, and later works again",
  ignore: !granted(...programPermissions) || !hasProgram("prlimit"),
  fn: outOfDescriptors,
});

async function outOfDescriptors(): Promise<void> {
  const oper = `root:${formatVerifier(await makeVerifier("open sesame", 4096))}`;
  using place = temporaryFolder();
  const { folder } = place;
  const [cert, key] = [`${folder}/cert.pem`, `${folder}/key.pem`];
  await newCertificate(cert, key);
  const flags = ["--oper", oper, "--cert", cert, "--key", key, "--data", `${folder}/data`];
  await using server = await startServer(flags, {}, { through: limited });
  assertMatch(
    server.stderr(),
    /^\S+ error This server can hold 1\d\d connections, not the 10000 of --limit, .* 256 open files: run "ulimit -n \d+" .*LimitNOFILE=\d+ .*$/m,
  );
  await using root = await Peer.connect(server.port, "root");
  await ask(root, "OPER root :open sesame");
  const before = [...Deno.readDirSync(`/proc/${server.pid}/fd`)].length;
  await allow(server, before + 2);
  const held = [];
  for (let count = 0; count < 4; count++) held.push(await Deno.connect({ hostname, port: server.port }));
  assertMatch(await root.next(/ NOTICE root :Cannot accept/), /no file descriptor is free; .*"ulimit -n"/);
  const full = "The server is full; try again later";
  for (let round = 0; round < 2; round++) {
    assertEquals(await answers(server), [`ERROR :${full}`, `ERROR :${full}`, full, full]);
  }
  await newCertificate(cert, key);
  await allowNoMore(server);
  Deno.kill(server.pid, "SIGHUP");
  while (!/ertificate/.test(server.stderr())) await new Promise((resolve) => setTimeout(resolve, 5));
  assertMatch(server.stderr(), /now uses a new certificate/);
  // The list of common passwords is loaded for the first password.
  assertMatch(await register(root), / FAIL REGISTER TEMPORARILY_UNAVAILABLE /);
  await allow(server, most);
  assertMatch(await register(root, "password1"), / FAIL REGISTER WEAK_PASSWORD /);
  await allowNoMore(server);
  assertMatch(await register(root), / REGISTER SUCCESS /);
  await allow(server, most);
  for (const socket of held) socket.close();
  assertEquals(await answers(server), ["PONG", "PONG", "ok", "101"]);
  assertEquals(server.stderr().match(/Cannot accept/g)?.length, 1, server.stderr());
}

async function register(peer: Peer, password = "a long enough password"): Promise<string> {
  peer.send(`REGISTER * * :${password}`);
  return await peer.next(/ REGISTER /);
}

async function newCertificate(cert: string, key: string): Promise<void> {
  const now = Date.now();
  const validity = { notBeforeMs: now - 60_000, notAfterMs: now + 86_400_000 };
  const pair = await makeCertificate({ names: [hostname], ...validity });
  await Promise.all([Deno.writeTextFile(cert, pair.cert), Deno.writeTextFile(key, pair.key)]);
}

/** Not one more: the limit is the first number that is free. */
async function allowNoMore(server: RunningServer): Promise<void> {
  const used = new Set([...Deno.readDirSync(`/proc/${server.pid}/fd`)].map(({ name }) => Number(name)));
  let free = 0;
  while (used.has(free)) free++;
  await allow(server, free);
}

async function allow({ pid }: RunningServer, descriptors: number): Promise<void> {
  const args = [`--pid=${pid}`, `--nofile=${descriptors}:${most}`];
  const { success } = await new Deno.Command("prlimit", { args }).output();
  assertEquals(success, true);
}

/** The answers to newcomers over TCP, over TLS, over HTTP and over a WebSocket. */
function answers(server: RunningServer): Promise<string[]> {
  const all = [overLines(server), overTls(server), overHttp(server), overHttp(server, true)];
  return withDeadline(Promise.all(all), patienceMs, () => "Nobody answered");
}

async function overLines({ port }: RunningServer): Promise<string> {
  await using peer = await Peer.over(overTcp(await Deno.connect({ hostname, port })), "x", {
    register: false,
  });
  peer.send("PING x");
  return word(await peer.next(/ERROR|PONG/));
}

async function overTls({ tlsPort }: RunningServer): Promise<string> {
  const { connection } = await dialTls(`ircs://${hostname}:${tlsPort}`);
  connection.send("PING x");
  for await (const [line] of connection.lines()) {
    connection.close();
    return word(String(line));
  }
  return "closed";
}

function word(line: string): string {
  return / (PONG) /.exec(line)?.[1] ?? line;
}

/** The last line of the answer; of a WebSocket that opens, its status. */
async function overHttp({ webPort }: RunningServer, isWebSocket = false): Promise<string> {
  using socket = await Deno.connect({ hostname, port: webPort ?? 0 });
  const upgrade = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const headers = isWebSocket ? upgrade : ["Connection: close"];
  const path = isWebSocket ? "/" : "/healthz";
  await sendText(socket, [`GET ${path} HTTP/1.1`, "Host: localhost", ...headers, "\r\n"].join("\r\n"));
  if (isWebSocket) await socket.closeWrite();
  const text = await readAll(socket);
  return /^HTTP\/1.1 (101) /.exec(text)?.[1] ??
    text.replace(/\r\n0\r\n\r\n$/, "").trim().split("\r\n").at(-1) ?? "";
}
