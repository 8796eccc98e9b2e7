/** The real program: its output, its refusals, bad input, and its end. Few tests, whole stories. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { runCommand } from "../lib/run_command.ts";
import { temporaryFolder } from "./support/folder.ts";
import { overTcp, Peer } from "./support/peer.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { type RunningServer, serverStory } from "./support/server.ts";

const ignore = !granted(...programPermissions);
const script = new URL("../server.ts", import.meta.url).pathname;

serverStory("the server prints how to join, and two people talk", talk);
Deno.test({ name: "a port in use is one sentence and exit code 69", ignore, fn: portInUse });
Deno.test({
  name: "a server that starts with a limit of the file size says what it cannot write",
  ignore: ignore || Deno.build.os === "windows",
  fn: smallFiles,
});
Deno.test({ name: "a wrong command line is one sentence and exit code 2", ignore, fn: wrongFlags });
Deno.test({ name: "NATS out of reach is one sentence without its password", ignore, fn: noNats });
Deno.test({ name: "--help and --version answer and stop", ignore, fn: help });
serverStory("SIGTERM sends a notice to everyone, flushes, and exits 0", sigterm);
serverStory("bad lines get errors, and no other line is lost", { flags: ["--name", "s.test"] }, badLines);
serverStory("the log contains no control characters from clients", cleanLog);
serverStory("HTTP on the IRC port gets an HTTP answer", http);
serverStory("TLS on the plain port is refused with an alert", tls);
serverStory(
  "connections above the limit get an error, the others continue",
  { flags: ["--limit", "2"] },
  limit,
);

async function run(...flags: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, ...flags] }).output();
  const decoder = new TextDecoder();
  return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}

async function talk(server: RunningServer): Promise<void> {
  const join = `  terminal         ${runCommand("client.ts")} --user YOUR_NAME --port ${server.port}`;
  assertEquals(server.stdout.filter((line) => line.includes("client.ts")), [join]);
  await using ann = await Peer.connect(server.port, "ann");
  await using bob = await Peer.connect(server.port, "bob");
  await ann.join("#lobby");
  await bob.join("#lobby");
  ann.send("PRIVMSG #lobby :hello bob");
  await ann.lines();
  assertMatch((await bob.lines())[0] ?? "", /^:ann!~ann@\S+ PRIVMSG #lobby :hello bob$/);
}

async function noNats(): Promise<void> {
  const { code, stderr } = await run(
    "--ephemeral",
    "--nats",
    "nats://parley:secret@127.0.0.1:1,parley:secret@127.0.0.1:2",
  );
  assertEquals([code, stderr.trim()], [
    69,
    'Cannot connect to "nats://127.0.0.1:1,127.0.0.1:2": connection refused; start nats-server first, or let a service manager restart this server',
  ]);
}

async function portInUse(): Promise<void> {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const { code, stderr } = await run("--port", String(port), "--ephemeral");
  assertEquals(code, 69);
  assertEquals(
    stderr.trim(),
    `Cannot listen on 127.0.0.1:${port}: the port is in use; choose another port or address with --port or --host`,
  );
}

async function smallFiles(): Promise<void> {
  using place = temporaryFolder();
  // 40 blocks of 512 or 1024 bytes: less than an empty database.
  const started = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -f 40 && exec "$0" "$@"', Deno.execPath(), "run", "-A", script],
    env: { PARLEY_DATA: place.folder },
  }).output();
  assertEquals([started.code, new TextDecoder().decode(started.stderr).trim()], [
    69,
    `Cannot use "${place.folder}/parley.db": the disk reports an error`,
  ]);
}

async function wrongFlags(): Promise<void> {
  const wrong = [["--prot", "1"], ["--port", "70000"], ["--port"], ["stray"], ["--qr", "--web", "off"], [
    "--machine",
    "east-1",
    "--nats",
    "nats://127.0.0.1:1",
  ]];
  for (const { code, stdout, stderr } of await Promise.all(wrong.map((flags) => run(...flags)))) {
    assertEquals({ code, stdout, lines: stderr.trim().split("\n").length }, {
      code: 2,
      stdout: "",
      lines: 1,
    });
  }
}

async function help(): Promise<void> {
  const { code, stdout } = await run("--help");
  assertEquals(code, 0);
  for (const word of ["--host", "--port", "--limit", "--name", "--motd", "PARLEY_PORT"]) {
    assert(stdout.includes(word), word);
  }
  assertMatch((await run("--version")).stdout, /^parley \d+\.\d+\.\d+\n$/);
}

async function sigterm(server: RunningServer): Promise<void> {
  await using ann = await Peer.connect(server.port, "ann");
  await using bob = await Peer.connect(server.port, "bob");
  for (const peer of [ann, bob]) {
    peer.send("JOIN #tea");
    await peer.next("366");
  }
  await ann.lines();
  await bob.lines();
  const [status, ...farewells] = await Promise.all([server.stop(), ann.closed(), bob.closed()]);
  assertEquals(status.code, 0);
  for (const lines of farewells) assertEquals(lines, ["ERROR :Closing link: The server is stopping"]);
}

async function badLines(server: RunningServer): Promise<void> {
  await using ann = await Peer.connect(server.port, "ann", { caps: [] });
  ann.send(Uint8Array.of(...new TextEncoder().encode("PRIVMSG ann :"), 0xff, 0xfe, 0x0a));
  ann.send("PRIVMSG ann :a\0b", `PRIVMSG ann :${"x".repeat(5000)}`, "", "   ", ":only.source", "@tag=only");
  const lines = await ann.lines();
  assertMatch(lines[0] ?? "", /^:s\.test FAIL PRIVMSG INVALID_UTF8 :/);
  assertMatch(lines[1] ?? "", /^:s\.test NOTICE ann :PRIVMSG: This server accepts UTF-8 only/);
  const invalid = ":s.test NOTICE ann :A line must have a command, and must not contain NUL or CR";
  assertEquals(lines.slice(2, 4), [invalid, ":s.test 417 ann :Input line was too long"]);
  assert(lines.slice(4).every((line) => line === invalid), lines.join("\n"));
  ann.send("PRIVMSG ann :still here");
  assertMatch((await ann.lines())[0] ?? "", / :still here$/);
}

async function cleanLog(server: RunningServer): Promise<void> {
  await using ann = await Peer.connect(server.port, "ann");
  ann.send("OPER \x1b[2J\x9b1m\u202e :a guess");
  await ann.next(" 464 ");
  await server.stop();
  assertMatch(server.stderr(), /^\S+Z warning operator login failed nick=ann address=127\.0\.0\.1$/m);
  assertEquals(/[^\P{Cc}\n]/u.test(server.stderr()), false);
}

async function http(server: RunningServer): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/`);
  assertEquals(answer.status, 400);
  assertMatch(await answer.text(), /IRC server.*irc:\/\/127\.0\.0\.1:\d+/);
}

async function tls(server: RunningServer): Promise<void> {
  const failed = await Deno.connectTls({ hostname: "127.0.0.1", port: server.port })
    .then((connection) => connection.handshake().finally(() => connection.close()))
    .then(() => undefined, (error) => error);
  assert(failed instanceof Error);
  await using ann = await Peer.connect(server.port, "ann");
  assertEquals(await ann.lines(), []);
}

async function limit(server: RunningServer): Promise<void> {
  await using ann = await Peer.connect(server.port, "ann");
  await using _bob = await Peer.connect(server.port, "bob");
  const wire = overTcp(await Deno.connect({ hostname: "127.0.0.1", port: server.port }));
  await using cat = await Peer.over(wire, "cat", { register: false });
  assertMatch((await cat.closed())[0] ?? "", /^ERROR :.*full/);
  assertEquals(await ann.lines(), []);
}
