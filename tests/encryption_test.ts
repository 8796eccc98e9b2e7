/** The real program with TLS: on by default, unchanged after restarts, reloaded without a lost connection. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeCertificate } from "../lib/net/certificate.ts";
import { dialTls } from "../lib/net/dial_tls.ts";
import { until } from "./support/deadline.ts";
import { temporaryFolder } from "./support/folder.ts";
import { overTcp, Peer } from "./support/peer.ts";
import { serverPermissions } from "./support/guide_permissions.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { hasProgram } from "./support/programs.ts";
import { type RunningServer, serverStory, startServer } from "./support/server.ts";
import { ask } from "./support/transcript.ts";

const ignore = !granted(...programPermissions);
const script = new URL("../server.ts", import.meta.url).pathname;

serverStory("TLS is on with a certificate of the server's own, whose fingerprint it prints", byDefault);
Deno.test({
  name: "after a restart the certificate is the same, and the owner code too until it is used",
  ignore,
  fn: restarts,
});
Deno.test({
  name: "SIGHUP loads another certificate and closes no connection; an invalid one is reported and not used",
  ignore,
  fn: reloads,
});
serverStory("--tls off listens without TLS", { flags: ["--tls", "off"] }, off);
Deno.test({ name: "wrong certificates are one sentence and exit code 2", ignore, fn: faults });
Deno.test({
  name: "STS is offered with a certificate of an authority",
  ignore: ignore || !hasProgram("openssl"),
  fn: sts,
});

/** The fingerprint of the certificate that a new connection gets. */
async function shown({ tlsPort }: RunningServer): Promise<string> {
  const { connection, fingerprint } = await dialTls(`ircs://127.0.0.1:${tlsPort}`);
  connection.abort();
  return fingerprint;
}

function printed({ stdout }: RunningServer): string {
  const [, fingerprint = ""] = /fingerprint\s+([0-9A-F:]{95})$/m.exec(stdout.join("\n")) ?? [];
  return fingerprint;
}

async function byDefault(server: RunningServer): Promise<void> {
  assert(server.tlsPort !== undefined);
  assertEquals(await shown(server), printed(server));
  const { connection } = await dialTls(`ircs://127.0.0.1:${server.tlsPort}`, {
    fingerprint: printed(server),
  });
  connection.send("NICK ann");
  connection.send("USER ann 0 * :Ann");
  for await (const lines of connection.lines()) {
    assertMatch(String(lines[0]), / 001 ann /);
    connection.close();
  }
}

async function restarts(): Promise<void> {
  using place = temporaryFolder();
  const flags = ["--data", place.folder, "--password-rounds", "4096"];
  const fingerprints: string[] = [];
  const codes: string[] = [];
  for (let run = 0; run < 3; run++) {
    await using server = await startServer(flags);
    fingerprints.push(printed(server));
    await using ann = await Peer.connect(server.port, `ann${run}`);
    const [, code = ""] = /OWNER (\S+)$/m.exec(server.stdout.join("\n")) ?? [];
    codes.push(code);
    if (run === 1) {
      await ask(ann, "REGISTER * * long-enough");
      assertMatch((await ask(ann, `OWNER ${code}`)).at(-1) ?? "", / NOTE OWNER CLAIMED /);
    }
    await server.stop();
  }
  assertEquals(new Set(fingerprints).size, 1);
  assert(codes[0] !== "" && codes[1] !== "" && codes[0] !== codes[1], codes.join());
  assertEquals(codes[2], "");
}

async function reloads(): Promise<void> {
  using place = temporaryFolder();
  const now = Date.now();
  const request = { names: ["127.0.0.1"], notBeforeMs: now - 60_000, notAfterMs: now + 86_400_000 };
  const [cert, key] = [`${place.folder}/cert.pem`, `${place.folder}/key.pem`];
  const put = async () => {
    const pair = await makeCertificate(request);
    await Deno.writeTextFile(cert, pair.cert);
    await Deno.writeTextFile(key, pair.key);
    return pair;
  };
  const { cert: first } = await put();
  const permissions = serverPermissions("/tmp", [place.folder]);
  await using server = await startServer(["--cert", cert, "--key", key], {}, { permissions });
  const before = await shown(server);
  const socket = await Deno.connectTls({
    hostname: "127.0.0.1",
    port: server.tlsPort ?? 0,
    caCerts: [first],
  });
  await using ann = await Peer.over(overTcp(socket), "ann");
  await Deno.writeTextFile(cert, "no certificate");
  Deno.kill(server.pid, "SIGHUP");
  await until(() => server.stderr().includes("the server still uses the previous certificate"));
  assertEquals(await shown(server), before);
  await put();
  Deno.kill(server.pid, "SIGHUP");
  await until(() => server.stderr().includes("The server now uses a new certificate"));
  const after = await shown(server);
  assert(after !== before);
  assertStringIncludes(server.stderr(), after);
  assertEquals(await ask(ann, "PING still"), [
    ":chat.test PONG".replace("chat.test", "parley.local") + " parley.local still",
  ]);
}

function off(server: RunningServer): void {
  assertEquals(server.tlsPort, undefined);
}

async function run(...flags: string[]): Promise<{ code: number; stderr: string }> {
  const ports = ["--port", "0", "--tls-port", "0", "--web", "off", "--ephemeral"];
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, ...ports, ...flags] });
  const { code, stderr } = await command.output();
  return { code, stderr: new TextDecoder().decode(stderr).trim() };
}

async function faults(): Promise<void> {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const cases: readonly (readonly [flags: readonly string[], code: number, words: string])[] = [
    [["--cert", "/none.pem"], 2, "Cannot use one of --cert and --key without the other"],
    [["--cert", "/none.pem", "--key", "/none.pem"], 2, 'Cannot read the certificate "/none.pem"'],
    [["--sts", "30d"], 2, "Cannot use --sts with a self-signed certificate"],
    [["--tls-port", String(port)], 69, `Cannot listen on 127.0.0.1:${port} for TLS: the port is in use`],
  ];
  for (const [flags, code, words] of cases) {
    const ended = await run(...flags);
    assertEquals([ended.code, ended.stderr.split("\n").length], [code, 1], ended.stderr);
    assertStringIncludes(ended.stderr, words);
  }
}

async function sts(): Promise<void> {
  using place = temporaryFolder();
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: place.folder }).output();
    assert(success, new TextDecoder().decode(stderr));
  };
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await openssl(
    "req",
    "-x509",
    ...fresh,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=Test authority",
  );
  await openssl(
    "req",
    ...fresh,
    "-keyout",
    "key.pem",
    "-out",
    "request.pem",
    "-subj",
    "/CN=chat.example",
    "-addext",
    "subjectAltName=DNS:chat.example",
  );
  await openssl(
    "x509",
    "-req",
    "-in",
    "request.pem",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-copy_extensions",
    "copy",
    "-out",
    "cert.pem",
  );
  const files = ["--cert", `${place.folder}/cert.pem`, "--key", `${place.folder}/key.pem`];
  await using server = await startServer([...files, "--sts", "30d"]);
  await using ann = await Peer.connect(server.port, "ann", { register: false });
  assertStringIncludes((await ask(ann, "CAP LS 302")).join(" "), ` sts=port=${server.tlsPort} `);
  assertStringIncludes((await ask(ann, "CAP REQ :sts")).join(), " NAK ");
  const { connection } = await dialTls(`ircs://127.0.0.1:${server.tlsPort}`);
  connection.send("CAP LS 302");
  connection.send("QUIT");
  let received = "";
  for await (const lines of connection.lines()) received += lines.join(" ");
  connection.close();
  assertStringIncludes(received, "sts=duration=2592000 ");
}
