/**
 * The disk of NATS is full while people talk: a real small disk (tmpfs, as root on Linux; otherwise the test is
 * ignored). What nats-server does then differs by its version: 2.9 and 2.15 answer nothing until they are restarted, 2.10
 * refuses each event and continues by itself. The test holds for each; put another one first in PATH to try it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Cluster, history } from "../support/cluster.ts";
import { temporaryFolder } from "../support/folder.ts";
import { canMount, MountedDisk } from "../support/mounted_disk.ts";
import type { Peer } from "../support/peer.ts";
import { hasProgram } from "../support/programs.ts";
import type { RunningServer } from "../support/server.ts";
import { upload, uploadToken } from "../support/upload.ts";

const content = new Uint8Array(3_000_000).map((_, at) => (at * 31) % 251);
const filler = "x".repeat(350);
/** NATS notices some full disks only after it has given no answer for a while. */
const noticeMs = 40_000;
/** The time after which operators are to restart NATS when the chat does not continue by itself. */
const healMs = 15_000;

Deno.test({
  name:
    "when the disk of NATS is full people read why, refused messages leave no trace, and the chat continues",
  ignore: !hasProgram("nats-server") || !canMount(),
  async fn() {
    using place = temporaryFolder();
    await using disk = await MountedDisk.mount(`${place.folder}/disk`, "24m");
    const jetStream = 'jetstream { store_dir: "DIR", max_file: 4GB, max_mem: 16MB }';
    await using cluster = await Cluster.on({ folder: disk.folder, jetStream });
    const east = await cluster.add("east", ["--web", "on", "--flood", "0"]);
    await cluster.add("west", ["--flood", "0"]);
    const [ann, bob] = await cluster.join("#tea", "ann", "bob");
    const cat = await cluster.peer(1, "cat");
    await cat.join("#tea");
    const witness = await cluster.peer(1, "witness");
    assert(ann && bob);
    const talking = new Talk(ann);
    while (talking.echoed.length < 20) await talking.say();
    const token = await uploadToken(ann);

    await disk.fill();
    const sentence = await talking.untilRefused(noticeMs);
    assertMatch(
      sentence,
      /The servers cannot save messages now: NATS, which connects them, (has no|does not)/,
    );
    while (talking.refused.length < 3) await talking.untilRefused(noticeMs);
    const answer = await upload(east, token, content, "image/png");
    assertMatch(await answer.text(), /^Cannot share the file: NATS, which stores it for all servers, .+\n$/);
    assert([503, 507].includes(answer.status));
    await cat[Symbol.asyncDispose]();
    assertEquals(linesAbout(east, " error NATS (is connected|refuses)").length, 1, east.stderr());

    await disk.free();
    if (!await talking.canSay(healMs)) {
      await cluster.nats.kill();
      await cluster.nats.again();
    }
    assert(await talking.canSay(noticeMs), east.stderr());
    await witness.lines();
    await bob.until((line) => line.includes(`:${talking.echoed.at(-1)}`));
    ann.send("NAMES #tea");
    while ((await ann.next(/ 353 /)).includes("cat")) ann.send("NAMES #tea");
    const [mine, other] = [await history(ann, "#tea"), await history(bob, "#tea")];
    assertEquals(other, mine);
    const stored = mine.map((line) => line.split(" PRIVMSG #tea :").at(-1) ?? "");
    assertEquals(talking.echoed.filter((text) => !stored.includes(text)), []);
    assertEquals(talking.refused.filter((text) => stored.includes(text)), []);
    assertEquals(new Set(stored).size, stored.length);
    const again = await upload(east, token, content, "image/png");
    assertEquals([again.status, await again.text()], [201, "Saved\n"]);
  },
});

/** One person who talks, and what became of each message. */
class Talk {
  readonly echoed: string[] = [];
  readonly refused: string[] = [];
  readonly #peer: Peer;
  /** Messages without an answer yet. */
  readonly #pending = new Set<string>();
  #count = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Sends a message, and waits for an answer to a message or a notice to people, some seconds at most. */
  async say(): Promise<string> {
    const text = `${this.#count++}-${filler}`;
    this.#pending.add(text);
    this.#peer.send(`PRIVMSG #tea :${text}`);
    return await this.#answer();
  }

  /** The sentence that tells of the fault. Later messages of a session wait for the earlier ones. */
  async untilRefused(ms: number): Promise<string> {
    const deadline = performance.now() + ms;
    while (performance.now() < deadline) {
      const answer = await this.say();
      if (answer.includes(" FAIL ") || answer.includes(" NOTICE ")) return answer;
    }
    throw new Error(`Nobody was told of the full disk: ${this.#pending.size} messages without an answer`);
  }

  /** Whether all messages have an answer and the last one was echoed, within this time. */
  async canSay(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (performance.now() < deadline) {
      const { length } = this.refused;
      if (this.#pending.size === 0) await this.say();
      while (this.#pending.size > 0 && performance.now() < deadline) await this.#answer();
      if (this.#pending.size === 0 && this.refused.length === length) return true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return false;
  }

  async #answer(): Promise<string> {
    const wanted = / PRIVMSG #tea :| FAIL PRIVMSG | NOTICE ann :The servers cannot/;
    const answers = await this.#peer.until(wanted).catch(() => []);
    for (const line of answers) this.#note(line);
    return answers.at(-1) ?? "";
  }

  #note(line: string): void {
    const text = / PRIVMSG #tea :(.*)$/.exec(line)?.[1];
    if (text !== undefined) {
      if (line.includes(":ann!") && this.#pending.delete(text)) this.echoed.push(text);
    } else if (line.includes(" FAIL ")) {
      // A session's messages are answered in order.
      const [oldest] = this.#pending;
      if (oldest === undefined || !this.#pending.delete(oldest)) return;
      if (!line.includes("may still arrive")) this.refused.push(oldest);
    }
  }
}

function linesAbout(server: RunningServer, words: string): string[] {
  return server.stderr().split("\n").filter((line) => new RegExp(words).test(line));
}
