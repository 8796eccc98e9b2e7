/** The real client program with the real server: in a pipe, and at a terminal of tmux. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCommand } from "../lib/run_command.ts";
import { withDeadline } from "./support/deadline.ts";
import { temporaryFolder } from "./support/folder.ts";
import { Peer } from "./support/peer.ts";
import { Pane } from "./support/pane.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { hasProgram } from "./support/programs.ts";
import { serverStory, startServer } from "./support/server.ts";

const script = new URL("../client.ts", import.meta.url).pathname;
const ignore = !granted(...programPermissions);
const longestWaitMs = 20_000;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program with `input` in a pipe, to its end. */
async function run(args: readonly string[], input = "", env: Record<string, string> = {}): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { PARLEY_USER: "", PARLEY_HOST: "", PARLEY_PORT: "", ...env },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await withDeadline(
    child.output(),
    longestWaitMs,
    () => `${args} did not end`,
  );
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

serverStory("a pipe sends each line to the channel, and ends when all are confirmed", async (server) => {
  await using ann = await Peer.connect(server.port, "ann");
  await ann.join("#lobby");
  const { code, out } = await run(
    ["--user", "bob", "--port", `${server.port}`],
    "one\n\n/me waves\n//two\nlast",
  );
  assertEquals([code, out], [0, "bob: one\n* bob waves\nbob: /two\nbob: last\n"]);
  const received = (await ann.lines()).filter((line) => line.includes("PRIVMSG"));
  assertEquals(received.map((line) => line.replace(/^\S+ PRIVMSG #lobby :?/, "")), [
    "one",
    "\x01ACTION waves\x01",
    "/two",
    "last",
  ]);
});

serverStory("--utc shows times in UTC, not in the local time zone", async (server) => {
  const clock = () => new Date().toISOString().slice(11, 16);
  const before = clock();
  const args = ["--user", "bob", "--port", `${server.port}`, "--timestamps", "short", "--utc"];
  const { out } = await run(args, "hi\n", { TZ: "Asia/Kathmandu" });
  assertEquals([`${before} bob: hi\n`, `${clock()} bob: hi\n`].includes(out), true, out);
});

serverStory("a text that is longer than a line arrives complete", async (server) => {
  await using ann = await Peer.connect(server.port, "ann", { caps: ["batch", "draft/multiline"] });
  await ann.join("#tea");
  const text = "many words ".repeat(1000).trim();
  const { code } = await run([`irc://127.0.0.1:${server.port}/#tea`, "--user", "bob"], text);
  assertEquals(code, 0);
  const pieces = (await ann.lines()).filter((line) => line.includes("PRIVMSG #tea"));
  assertEquals(pieces.map((line) => line.replace(/^.*?PRIVMSG #tea :?/, "")).join(""), text);
});

serverStory("a name in use ends the client with one sentence", async (server) => {
  await using _ann = await Peer.connect(server.port, "ann");
  const { code, out, err } = await run(["--user", "Ann", "--port", `${server.port}`], "hi\n");
  assertEquals([code, out, err], [2, "", "Cannot use the name Ann: another person uses it\n"]);
});

const sentences: readonly (readonly [why: string, args: readonly string[], code: number, err: string])[] = [
  [
    "no server is there",
    ["--user", "bob", "--port", "1"],
    69,
    `Cannot connect to 127.0.0.1:1: no server is running there; start one with: ${runCommand("server.ts")}\n`,
  ],
  ["there is no name", [], 2, "Cannot join without a name: write --user NAME\n"],
  ["the name is empty", ["--user", " "], 2, 'Cannot use --user "": a name cannot be empty\n'],
  [
    "the name is two words",
    ["--user", "a b"],
    2,
    'Cannot use --user "a b": a name is one word, without spaces\n',
  ],
  [
    "an option is wrong",
    ["--uzer", "bob"],
    2,
    "Cannot use --uzer: there is no such option, did you mean --user?\n",
  ],
  [
    "the address is wrong",
    ["--user", "bob", "http://x"],
    2,
    'Cannot use "http://x": write send, tail, history or an address such as irc://127.0.0.1:6667/#lobby\n',
  ],
];

for (const [why, args, code, err] of sentences) {
  Deno.test({
    name: `the client says what to do when ${why}`,
    ignore,
    async fn() {
      assertEquals(await run(args, "hi\n"), { code, out: "", err });
    },
  });
}

serverStory(
  "a full server ends the client with one sentence",
  { flags: ["--limit", "1"] },
  async (server) => {
    await using _ann = await Peer.connect(server.port, "ann");
    const { code, err } = await run(["--user", "bob", "--port", `${server.port}`], "hi\n");
    assertEquals(code, 69);
    assertMatch(err, /^The server 127\.0\.0\.1:\d+ refused you: .*full.*\n$/);
  },
);

serverStory("a pipe ends with a sentence when its server stops", async (server) => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, "--user", "bob", "--port", `${server.port}`],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  await using ann = await Peer.connect(server.port, "ann");
  await ann.join("#lobby");
  await ann.next("bob");
  await server.stop();
  const { code, stderr } = await withDeadline(
    child.stderr ? collected(child) : collected(child),
    longestWaitMs,
    () => "late",
  );
  assertEquals(code, 69);
  assertMatch(stderr, /Lost the connection to 127\.0\.0\.1:\d+: /);
});

async function collected(
  child: Deno.ChildProcess,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const stderr = await new Response(child.stderr).text();
  const { code } = await child.status;
  await child.stdin.close().catch(() => {});
  return { code, stderr };
}

serverStory("a pipe ends without an error when its output is closed", async (server) => {
  const command =
    `seq 1 40 | "${Deno.execPath()}" run -A "${script}" --user bob --port ${server.port} | head -n 1`;
  const shell = new Deno.Command("sh", {
    args: ["-c", command],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await withDeadline(shell.output(), longestWaitMs, () => "it did not end");
  assertEquals(new TextDecoder().decode(stdout), "bob: 1\n");
  assertEquals(new TextDecoder().decode(stderr).includes("Error"), false);
});

const atTerminal = { ignore: ignore || !hasProgram("tmux") };

serverStory(
  "at a terminal it asks for a name, joins, sends, and restores the terminal",
  { needs: "tmux" },
  async (server) => {
    await using ann = await Peer.connect(server.port, "ann");
    await ann.join("#lobby");
    await using pane = new Pane();
    await pane.open(`--port ${server.port} --timestamps off`);
    await pane.until("Your name:");
    await pane.press("bob", "Enter");
    await pane.until("#lobby, 2 people: @ann, bob");
    await pane.press("half typed");
    await pane.until("half typed");
    ann.send("PRIVMSG #lobby :hello bob \x1b[2J");
    await pane.until("» ann: hello bob ␛[2J\n #lobby  half typed");
    await pane.press("C-u", "hello ann", "Enter");
    assertStringIncludes(await ann.next("PRIVMSG"), "hello ann");
    await pane.until("bob: hello ann");
    await pane.press("C-d");
    assertMatch(await pane.until(/ icanon [^]* echo /), /code 0\n/);
  },
);

serverStory(
  "at a terminal it asks for another name, and Ctrl-C twice ends with 130",
  { needs: "tmux" },
  async (server) => {
    await using _ann = await Peer.connect(server.port, "ann");
    await using pane = new Pane();
    await pane.open(`--user ann --port ${server.port}`);
    assertStringIncludes(
      await pane.until("Another name:"),
      "! Cannot use the name ann: another person uses it",
    );
    await pane.press("bob", "Enter");
    await pane.until("1 person: @bob");
    await pane.press("C-c");
    await pane.until("Press Ctrl-C again to quit");
    await pane.press("C-c");
    assertMatch(await pane.until(/ icanon [^]* echo /), /code 130\n/);
  },
);

serverStory(
  "at a terminal colours depend on the terminal, and on NO_COLOR",
  { needs: "tmux" },
  async (server) => {
    await using pane = new Pane();
    await pane.open(`--user bob --port ${server.port}`);
    // deno-lint-ignore no-control-regex -- ESC begins a colour
    await pane.until(/1 person[^]*\x1b\[48;2;70;78;184m #lobby /, true);
    await using plain = new Pane();
    await plain.open(`--user ann --port ${server.port}`, "NO_COLOR=1");
    assertMatch(await plain.until(/2 people[^]*#lobby>/, true), /#lobby> *$/);
  },
);

serverStory(
  "at a terminal with a light background the colours are dark",
  { needs: "tmux" },
  async (server) => {
    await using pane = new Pane();
    const white = `COLORTERM=truecolor sh -c 'printf "\\033]11;#ffffff\\007"; exec "$0" "$@"'`;
    await pane.open(`--user bob --port ${server.port}`, white);
    await pane.until("1 person");
    // The client asks the terminal some milliseconds after its start.
    // deno-lint-ignore no-control-regex -- ESC begins a colour
    const light = /\x1b\[38;2;106;106;112m\d\d:\d\d /;
    for (let said = 0; !light.test(await pane.until("#lobby", true)) && said < 100; said++) {
      await pane.press("hm", "Enter");
    }
    await pane.until(light, true);
  },
);

serverStory(
  "at a terminal that cannot move its cursor it works as in a pipe",
  { needs: "tmux" },
  async (server) => {
    await using pane = new Pane();
    await pane.open(`--user bob --port ${server.port}`, "TERM=dumb");
    await pane.until("1 person: @bob");
    await pane.press("hello", "Enter");
    assertMatch(await pane.until("bob: hello"), /@bob\nhello\nbob: hello$/);
    await pane.press("C-d");
    await pane.until("code 0");
  },
);

Deno.test({
  name: "at a terminal it reconnects when the server is back",
  ...atTerminal,
  async fn() {
    const server = await startServer();
    await using pane = new Pane();
    await pane.open(`--user bob --port ${server.port} --timestamps off`);
    await pane.until("1 person");
    await server.stop();
    await pane.until("The connection is lost");
    await pane.press("queued words", "Enter");
    await pane.until("Waiting for the connection: queued words");
    await using _again = await startServer(["--port", `${server.port}`]);
    await pane.until("bob: queued words");
    await pane.resize(30, 10);
    await pane.press("still here", "Enter");
    await pane.until("bob: still here");
  },
});

Deno.test({
  name: "a restricted client refuses a server that it cannot verify",
  ignore,
  async fn() {
    using place = temporaryFolder();
    await using server = await startServer(["--tls", "on", "--tls-port", "0"]);
    const address = `ircs://127.0.0.1:${server.tlsPort}/#tea`;
    const env = { XDG_DATA_HOME: place.folder };
    const refused = await run(["--restricted", "--user", "bob", address], "hi\n", env);
    assertEquals(refused.code, 77);
    const [, fingerprint = ""] =
      /with --restricted, add --fingerprint ([0-9A-F:]{95})\n$/.exec(refused.err) ??
        [];
    const args = ["--restricted", "--fingerprint", fingerprint, "--user", "bob", address];
    assertEquals(await run(args, "hi\n/quote QUIT\n", env), {
      code: 1,
      out: "bob: hi\n",
      err: "→ bob joined #tea\n· #tea, 1 person: @bob\nCannot use /quote here\n",
    });
    assertEquals([...Deno.readDirSync(place.folder)], []);
  },
});

Deno.test({
  name: "at a terminal it shows the fingerprint of a new server, and hides a password",
  ...atTerminal,
  async fn() {
    using place = temporaryFolder();
    await using server = await startServer(["--tls", "on", "--tls-port", "0"]);
    await using pane = new Pane();
    await pane.open(
      `--user bob --timestamps off ircs://127.0.0.1:${server.tlsPort}/#tea`,
      `XDG_DATA_HOME='${place.folder}'`,
    );
    assertMatch(
      await pane.until("1 person"),
      /first connection to this server; its certificate is( |\n)[^]*[0-9A-F]{2}:[0-9A-F]{2}/,
    );
    await pane.press("/register", "Enter");
    await pane.until("(yes or no):");
    await pane.press("yes", "Enter");
    await pane.until("Password for bob:");
    await pane.press("four green leaves", "Enter");
    await pane.until("Repeat the password:");
    await pane.press("four green leaves", "Enter");
    const screen = await pane.until("The name bob is registered");
    await pane.press("Up");
    assertMatch(await pane.until("/register"), /#tea +\/register$/);
    assertEquals(screen.includes("leaves"), false);
    assertMatch(Deno.readTextFileSync(`${place.folder}/parley/known_hosts`), /^127\.0\.0\.1:\d+ /m);
  },
});
