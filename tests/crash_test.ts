/**
 * A message that a client received is saved: the real server is killed at random moments under traffic, and its disk is
 * full. After each kill it must start without repair, and history must have every received message once.
 * PARLEY_CRASH_ROUNDS sets the number of kills (default 3; `deno task chaos` takes 20).
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatVerifier, makeVerifier } from "../lib/irc/scram.ts";
import { openStore } from "../lib/server/store/store.ts";
import { temporaryFolder } from "./support/folder.ts";
import { Peer } from "./support/peer.ts";
import { serverPermissions } from "./support/guide_permissions.ts";
import { granted, programPermissions } from "./support/permissions.ts";
import { startServer } from "./support/server.ts";

const ignore = !granted(...programPermissions);
const rounds = granted("env") ? Number(Deno.env.get("PARLEY_CRASH_ROUNDS") ?? 3) : 0;
const caps = ["batch", "draft/chathistory", "echo-message", "message-tags", "parley/long-lines"];
const nicks = ["ann", "bob", "cat"];
const channels = ["#tea", "#den"];
/** Messages of each sender that are in flight at a time. */
const inFlight = 8;
const maxTalkMs = 150;

/** Received messages by msgid: "#tea ann 1 5" is the sixth message of ann in the first round. */
type Seen = Map<string, string>;

Deno.test({
  name: `no received message is lost or stored twice when the server is killed, ${rounds} times`,
  ignore,
  async fn() {
    using place = temporaryFolder();
    const seen: Seen = new Map();
    const ledger = new Ledger();
    const oper = ["--oper", `root:${formatVerifier(await makeVerifier("sesame", 4096))}`];
    const flags = ["--data", place.folder, "--flood", "0", ...oper];
    const permissions = serverPermissions(place.folder);
    for (let round = 1; round <= rounds; round++) {
      // Only with all permissions other threads wait for the disk while the write-ahead log is copied.
      const isNarrow = round % 2 === 0;
      await using server = await startServer(flags, {}, isNarrow ? { permissions } : {});
      await ledger.check(server.port, seen, `after death ${round - 1}`);
      const peers = await Promise.all(nicks.map((nick) => Peer.connect(server.port, nick, { caps })));
      for (const peer of peers) for (const channel of channels) await peer.join(channel);
      peers[0]?.send("OPER root sesame", "BACKUP");
      const talks = peers.map((peer) => talk(peer, round, seen));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * maxTalkMs));
      await server.kill();
      await Promise.all(talks);
      for (const peer of peers) await peer[Symbol.asyncDispose]();
    }
    await using server = await startServer(["--data", place.folder], {}, { permissions });
    await ledger.check(server.port, seen, `after death ${rounds}`);
    const again = new Ledger();
    await again.check(server.port, seen, "read again");
    assertEquals(again.stored, ledger.stored);
    assert(seen.size > rounds, `only ${seen.size} messages were seen in ${rounds} rounds`);
  },
});

/** Sends messages one after another until the connection closes, and notes all received ones. */
async function talk(peer: Peer, round: number, seen: Seen): Promise<void> {
  const own = new RegExp(`:${peer.nick}!\\S+ PRIVMSG `);
  let said = 0;
  const say = () => peer.send(`PRIVMSG ${channels[said % channels.length]} :${peer.nick} ${round} ${said++}`);
  for (let at = 0; at < inFlight; at++) say();
  try {
    for (;;) {
      note(await peer.until(own), seen);
      say();
    }
  } catch {
    note(await peer.closed(), seen);
  }
}

function note(lines: readonly string[], seen: Seen): void {
  for (const line of lines) {
    const [, id, target, text] = /^@(?:\S*;)?msgid=(\w+)\S* \S+ PRIVMSG (\S+) :(.*)$/.exec(line) ?? [];
    if (id === undefined) continue;
    const words = `${target} ${text}`;
    assertEquals(seen.get(id) ?? words, words, "one msgid is one message");
    seen.set(id, words);
  }
}

/** The history read so far. It can have messages that nobody received, but each only once. */
class Ledger {
  readonly stored: Seen = new Map();
  readonly #texts = new Set<string>();
  readonly #last = new Map<string, string>();

  /** Reads the next pages, as a client does, and compares them with the received messages. */
  async check(port: number, seen: Seen, when: string): Promise<void> {
    await using peer = await Peer.connect(port, "dan", { caps });
    for (const channel of channels) {
      await peer.join(channel);
      while (await this.#page(peer, channel, when));
    }
    const lost = [...seen].filter(([id, text]) => this.stored.get(id) !== text);
    assertEquals(lost, [], `seen and not stored ${when}`);
  }

  async #page(peer: Peer, channel: string, when: string): Promise<boolean> {
    const last = this.#last.get(channel) ?? "0";
    peer.send(`CHATHISTORY AFTER ${channel} msgid=${last} 100`);
    const page: Seen = new Map();
    note(await peer.lines(), page);
    const ids = [...page.keys()];
    assertEquals(
      [last, ...ids],
      [last, ...ids].toSorted((one, other) => parseInt(one, 36) - parseInt(other, 36)),
    );
    for (const [id, text] of page) {
      assert(!this.#texts.has(text), `"${text}" is stored twice ${when}`);
      this.#texts.add(text);
      this.stored.set(id, text);
    }
    this.#last.set(channel, ids.at(-1) ?? last);
    return ids.length > 0;
  }
}

const mountable = { ignore: ignore || Deno.build.os !== "linux" || Deno.uid() !== 0 };

Deno.test(
  "a full disk is reported once, to operators too; the chat continues, and its messages are saved when there is space",
  mountable,
  async () => {
    using place = temporaryFolder();
    await using disk = await mount(place.folder, "1536k");
    const flags = ["--data", `${disk.folder}/data`, "--flood", "0"];
    const seen: Seen = new Map();
    {
      const verifier = formatVerifier(await makeVerifier("sesame", 4096));
      await using server = await startServer([...flags, "--oper", `root:${verifier}`]);
      await using ann = await Peer.connect(server.port, "ann", { caps });
      ann.send("OPER root sesame");
      await ann.next(/ 381 /);
      for (const channel of channels) await ann.join(channel);
      const notices: string[] = [];
      const say = async (number: number) => {
        ann.send(`PRIVMSG #tea :ann ${number} ${"x".repeat(3000)}`);
        const lines = await ann.until(/ PRIVMSG /);
        note(lines, seen);
        notices.push(...lines.filter((line) => line.includes(" NOTICE ")));
      };
      let number = 0;
      while (!server.stderr().includes("the disk is full")) await say(number++);
      for (let more = 0; more < 20; more++) await say(number++);
      await disk.resize("16m");
      // The server tries to save every second.
      while (!server.stderr().includes("saved again")) await ann.lines();
      assertEquals(server.stderr().match(/Cannot save/g)?.length, 1);
      assertEquals(notices.map((line) => / :(Cannot save)/.exec(line)?.[1]), ["Cannot save"]);
      await server.kill();
    }
    await using server = await startServer(flags);
    await new Ledger().check(server.port, seen, "after the disk was full");
  },
);

Deno.test("a server starts on a full disk, and shows the stored history", mountable, async () => {
  using place = temporaryFolder();
  await using disk = await mount(place.folder, "1536k");
  const flags = ["--data", `${disk.folder}/data`, "--flood", "0"];
  {
    await using server = await startServer(flags);
    await using ann = await Peer.connect(server.port, "ann", { caps });
    await ann.join("#tea");
    while (!server.stderr().includes("the disk is full")) {
      ann.send(`PRIVMSG #tea :${"x".repeat(3000)}`);
      await ann.next(/ PRIVMSG /);
    }
    await server.kill();
  }
  await using server = await startServer(flags);
  await using bob = await Peer.connect(server.port, "bob", { caps });
  await bob.join("#tea");
  bob.send("CHATHISTORY LATEST #tea * 5", "PRIVMSG #tea :hello");
  const shown = (await bob.lines()).filter((line) => line.includes(" PRIVMSG "));
  assertEquals(shown.length, 6);
});

Deno.test("a data folder without write access is refused in one sentence", mountable, async () => {
  using place = temporaryFolder();
  await using disk = await mount(place.folder, "1m");
  await disk.remount("ro");
  const { code, words } = await failedStart(`${disk.folder}/data`);
  assertEquals(code, 69);
  assertStringIncludes(words, `Cannot write to the data folder "${disk.folder}/data"`);
});

Deno.test({
  name: "a damaged database is refused in one sentence, and stays unchanged",
  ignore,
  async fn() {
    using place = temporaryFolder();
    openStore(place).close();
    const path = `${place.folder}/parley.db`;
    const bytes = Deno.readFileSync(path).fill(0x55, 100, 5000);
    Deno.writeFileSync(path, bytes);
    const { code, words } = await failedStart(place.folder);
    assertEquals(code, 69);
    assertStringIncludes(words, `Cannot use "${path}"`);
    assertEquals(Deno.readFileSync(path), bytes);
  },
});

/** How a server with unusable data ends. */
async function failedStart(folder: string): Promise<{ code: number; words: string }> {
  const script = new URL("../server.ts", import.meta.url).pathname;
  const args = ["run", "-A", script, "--port", "0", "--data", folder];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const words = new TextDecoder().decode(stderr);
  assertEquals(words.trimEnd().split("\n").length, 1, words);
  assertEquals(stdout.length, 0);
  return { code, words };
}

/** A small file system in memory. */
async function mount(folder: string, size: string) {
  const run = async (program: string, ...args: string[]) => {
    const { success, stderr } = await new Deno.Command(program, { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  const point = `${folder}/disk`;
  Deno.mkdirSync(point);
  await run("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", point);
  const remount = (options: string) => run("mount", "-o", `remount,${options}`, point);
  return {
    folder: point,
    remount,
    resize: (size: string) => remount(`size=${size}`),
    [Symbol.asyncDispose]: () => run("umount", point),
  };
}
