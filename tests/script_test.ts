/** The client in scripts: send, tail, history, JSON, passwords, settings, and every exit code. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { testCertificate } from "./support/certificate.ts";
import { listen } from "../lib/net/listen.ts";
import type { Chat } from "./support/chat.ts";
import { temporaryFolder } from "./support/folder.ts";
import { clientPermissions } from "./support/guide_permissions.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { runClient, startClient } from "./support/client_program.ts";
import { story } from "./support/story.ts";

const ignore = !granted("net", "read", "write", "env", "run");
const secret = "four green leaves";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

/** The folders of the client in a home folder; Deno keeps its own. */
function xdg(home: string): Record<string, string> {
  return { XDG_CONFIG_HOME: `${home}/.config`, XDG_DATA_HOME: `${home}/.local/share` };
}

function as(name: string, chat: Chat, ...args: string[]): string[] {
  return ["--user", name, `irc://127.0.0.1:${chat.port}`, ...args];
}

story(
  "send sends one message to a channel, and ends when it is confirmed",
  { needs: programPermissions },
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    // The permissions of the guide suffice for it.
    using home = temporaryFolder();
    const place = { permissions: clientPermissions(home.folder), env: xdg(home.folder) };
    assertEquals(await runClient(as("bob", chat, "send", "#tea", "green", "tea"), place), {
      code: 0,
      out: "",
      err: "",
    });
    assert((await ann.lines()).some((line) => line.endsWith("PRIVMSG #tea :green tea")));
  },
);

story(
  "send without a text sends standard input as one message",
  { needs: programPermissions },
  async (chat) => {
    const ann = await chat.peer("ann", { caps: ["draft/multiline", "batch", "message-tags"] });
    const { code } = await runClient(as("bob", chat, "send", "ann"), { input: "one\ntwo\n" });
    const lines = (await ann.lines()).filter((line) => line.includes("PRIVMSG ann"));
    assertEquals([code, lines.map((line) => line.split(" :").at(-1))], [0, ["one", "two"]]);
  },
);

story("send to an unknown name ends with 1 and a sentence", { needs: programPermissions }, async (chat) => {
  const { code, out, err } = await runClient(as("bob", chat, "send", "nobody", "hi"));
  assertEquals([code, out, err], [
    1,
    "",
    "There is nobody called nobody here: for the channel, write '#nobody'\n",
  ]);
});

story("history prints the messages since a time; --json prints an object for each", {
  needs: programPermissions,
}, async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  for (const text of ["one", "two"]) ann.send(`PRIVMSG #tea :${text}`);
  await ann.lines();
  assertEquals(await runClient(as("bob", chat, "history", "#tea", "--since", "1h")), {
    code: 0,
    out: "ann: one\nann: two\n",
    err: "",
  });
  const { out } = await runClient(as("bob", chat, "history", "#tea", "--limit", "1", "--json"));
  const { time, msgid, ...rest } = JSON.parse(out);
  assertEquals(rest, { from: "ann", target: "#tea", kind: "message", text: "two" });
  assert(!Number.isNaN(Date.parse(time)) && msgid !== "");
});

story(
  "history of an unknown name explains how to write a channel",
  { needs: programPermissions },
  async (chat) => {
    const { code, out, err } = await runClient(as("bob", chat, "history", "tea"));
    assertEquals([code, out, err], [
      0,
      "",
      "There are no messages between you and tea: for the channel, write '#tea'\n",
    ]);
  },
);

story(
  "tail prints new messages until a signal stops it, with 143",
  { needs: programPermissions },
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const child = startClient(as("bob", chat, "tail", "#tea", "--json"));
    await ann.next("JOIN");
    ann.send("PRIVMSG #tea :\x01ACTION pours\x01");
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) {
      assertEquals(JSON.parse(line).text, "pours");
      child.kill("SIGTERM");
    }
    await child.stderr.cancel();
    await child.stdin.close();
    assertEquals((await child.status).code, 143);
  },
);

story("a password comes from a file, a command or the environment, never from the arguments", {
  needs: programPermissions,
}, async (chat) => {
  using place = temporaryFolder();
  const ann = await chat.peer("ann");
  ann.send(`REGISTER * * :${secret}`);
  await ann.next("REGISTER SUCCESS");
  Deno.writeTextFileSync(`${place.folder}/secret`, `${secret}\n`);
  const words = as("ann", chat, "--account", "ann", "send", "ann", "hi");
  const sources: readonly (readonly [args: string[], env: Record<string, string>])[] = [
    [["--password-file", `${place.folder}/secret`], {}],
    [["--password-command", `cat '${place.folder}/secret'`], {}],
    [[], { PARLEY_PASSWORD: secret }],
  ];
  for (const [args, env] of sources) {
    assertEquals(await runClient([...args, ...words], { env }), { code: 0, out: "", err: "" });
  }
  const env = { PARLEY_PASSWORD: secret };
  for (const mechanism of ["PLAIN", "SCRAM-SHA-256"]) {
    assertEquals((await runClient([...words, "--mechanism", mechanism], { env })).code, 0, mechanism);
  }
  const { code, err } = await runClient([...words, "--password", secret]);
  assertEquals([code, err.includes(secret)], [2, false]);
});

story("a wrong password ends with 77", { needs: programPermissions }, async (chat) => {
  const { code, err } = await runClient(as("bob", chat, "send", "bob", "x"), {
    env: { PARLEY_PASSWORD: "wrong" },
  });
  assertEquals(code, 77);
  assertMatch(err, /^Cannot log in as bob: .+\n$/);
});

story("an unknown host ends with 68, a server without TLS with 76, wrong arguments with 2", {
  needs: programPermissions,
}, async (chat) => {
  const user = ["--user", "bob"];
  const codes = await Promise.all([
    runClient([...user, "irc://no-such-host.invalid", "send", "ann", "x"]),
    runClient([...user, `ircs://127.0.0.1:${chat.port}`, "send", "ann", "x"]),
    runClient([...user, "send"]),
    runClient([...user, "history", "#tea", "--since", "teatime"]),
    runClient([...user, "send", "#tea", " "]),
  ]);
  assertEquals(codes.map(({ code }) => code), [68, 76, 2, 2, 2]);
  assertEquals(codes.map(({ err }) => err.trimEnd().split("\n").length), [1, 1, 1, 1, 1]);
});

test("a server that closes the connection at once gets a hint about TLS", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closed = listener.accept().then((socket) => socket.close());
  const { port } = listener.addr;
  const { code, err } = await runClient(["--user", "bob", "--port", `${port}`, "tail", "#tea"]);
  assertEquals(code, 69);
  assertMatch(
    err,
    /^Cannot join 127\.0\.0\.1:\d+: it closed the connection without an answer; .* write --tls\n$/,
  );
  await closed;
  listener.close();
});

story("an encrypted server is remembered, and another certificate ends with 77", {
  needs: programPermissions,
}, async (chat) => {
  using place = temporaryFolder();
  const env = { XDG_DATA_HOME: place.folder };
  const attached: Promise<void>[] = [];
  const listener = listen({
    hostname: "127.0.0.1",
    port: 0,
    tls: await testCertificate(),
    stream: chat.stream,
    onConnection: (connection) => void attached.push(chat.hub.attach(connection)),
  });
  const args = ["--user", "bob", `ircs://127.0.0.1:${listener.port}`, "send", "bob", "x"];
  const first = await runClient(args, { env });
  assertEquals(first.code, 0);
  assertMatch(
    first.err,
    /^This is the first connection to this server; its certificate is ([0-9A-F]{2}:){31}[0-9A-F]{2}\n$/,
  );
  assertEquals(await runClient(args, { env }), { code: 0, out: "", err: "" });
  const { cert, key } = await testCertificate();
  listener.useCertificate({ cert, key });
  const { code, err } = await runClient(args, { env });
  assertEquals(code, 77);
  assertStringIncludes(err, "it is not the server it was before");
  await listener.close();
  await Promise.all(attached);
  while (listener.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
});

story("a file can hold settings; the environment and flags override it, and a mistake is reported", {
  needs: programPermissions,
}, async (chat) => {
  using place = temporaryFolder();
  Deno.mkdirSync(`${place.folder}/parley`);
  const write = (text: string) => Deno.writeTextFileSync(`${place.folder}/parley/client.conf`, text);
  const env = { XDG_CONFIG_HOME: place.folder };
  write(`# mine\nuser = bob\nport = ${chat.port}\n`);
  assertEquals((await runClient(["send", "bob", "x"], { env })).code, 0);
  const { err } = await runClient(["send", "nobody", "x", "-p", "1"], { env });
  assertStringIncludes(err, "Cannot connect to 127.0.0.1:1:");
  write("uzer = bob\n");
  const wrong = await runClient(["send", "bob", "x"], { env });
  assertEquals(wrong.code, 2);
  assertMatch(wrong.err, /^Cannot use --uzer: .*did you mean --user\? \(in ".*client\.conf"\)\n$/);
});

test("a full disk under the output is a sentence and exit code 74, not a lost connection", async () => {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", `"$0" run -A client.ts --version > /dev/full`, Deno.execPath()],
    cwd: new URL("..", import.meta.url),
  }).output();
  assertEquals(code, 74);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^Cannot write to standard output: No space left on device\n$/,
  );
});
