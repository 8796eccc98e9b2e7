import { assert, assertEquals } from "@std/assert";
import { borderAfter } from "../../lib/net/encode.ts";
import { Flusher, type QueueOwner, SendQueue, type Writer } from "../../lib/net/send_queue.ts";
import { granted } from "../support/permissions.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A reader that takes `most` bytes of a write; a slow reader takes them when the test says so. */
class Reader implements Writer, QueueOwner {
  readonly writes: string[] = [];
  readonly calls: unknown[] = [];
  most = Infinity;
  slow = false;
  fault: Error | undefined;
  #waiting: (() => void)[] = [];

  get text(): string {
    return this.writes.join("");
  }

  write(chunk: Uint8Array): Promise<number> {
    if (this.fault !== undefined) throw this.fault;
    const taken = chunk.slice(0, this.most);
    if (!this.slow) return Promise.resolve(this.#take(taken));
    return new Promise((resolve) => this.#waiting.push(() => resolve(this.#take(taken))));
  }

  /** A slow reader reads now. */
  read(): Promise<void> {
    for (const resume of this.#waiting.splice(0)) resume();
    return settled();
  }

  exceeded = () => void this.calls.push("exceeded");
  failed = (error: unknown) => void this.calls.push(error);
  drained = () => void this.calls.push("drained");
  progressed = () => {};
  borderAfter = (whole: Uint8Array, offset: number) => borderAfter(whole, offset, "line");

  #take(taken: Uint8Array): number {
    this.writes.push(new TextDecoder().decode(taken));
    return taken.length;
  }
}

/** Resolves when all microtasks are done, because a timer runs after them. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Resolves after the microtasks of a flush. */
async function microtasks(): Promise<void> {
  for (let round = 0; round < 10; round++) await Promise.resolve();
}

function startQueue(maxBytes = 1_000, flusher = new Flusher()): [SendQueue, Reader] {
  const reader = new Reader();
  return [new SendQueue(reader, flusher, maxBytes, reader), reader];
}

/** Nothing else runs meanwhile. */
function wait(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs;);
}

/** Readers whose system needs some time for each write. */
function startCrowd(flusher: Flusher): [SendQueue, Reader][] {
  return Array.from({ length: 1000 }, () => {
    const reader = new Reader();
    const attempt = (chunk: Uint8Array) => {
      wait(0.02);
      reader.writes.push(new TextDecoder().decode(chunk));
      return chunk.length;
    };
    return [new SendQueue(Object.assign(reader, { attempt }), flusher, 1_000, reader), reader];
  });
}

/** A crowd that gets a line; only a part of it is written. */
async function writingCrowd(): Promise<{ flusher: Flusher; all: [SendQueue, Reader][] }> {
  const flusher = new Flusher();
  const all = startCrowd(flusher);
  for (const [queue] of all) queue.push(bytes("one\n"), "delivery");
  await microtasks();
  return { flusher, all };
}

Deno.test("a line to thousands is written in parts, and what is written later has each line once", async () => {
  const flusher = new Flusher();
  const all = startCrowd(flusher);
  const written = () => all.filter(([, { writes }]) => writes.length > 0).length;
  for (const [queue] of all) queue.push(bytes("one\n"), "delivery");
  await microtasks();
  const first = written();
  assert(first > 0 && first < 500, `${first} at once`);
  // A flush so soon after the one before would wait for an immediate.
  wait(1);
  const [other, reader] = startQueue(1_000, flusher);
  for (const [queue] of [[other], ...all]) queue?.push(bytes("two\n"), "delivery");
  await microtasks();
  assertEquals([reader.text, written()], ["two\n", first]);
  flusher.now();
  assertEquals(new Set(all.map(([, { text }]) => text)), new Set(["one\ntwo\n"]));
});

Deno.test({
  name: "a socket is read while a line to thousands is written",
  ignore: !granted("net"),
  fn: readMeanwhile,
});

async function readMeanwhile(): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using sender = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using socket = await listener.accept();
  const flusher = new Flusher();
  const all = startCrowd(flusher);
  for (const [queue] of all) queue.push(bytes("one\n"), "delivery");
  const read = socket.read(new Uint8Array(1)).then(() => all.at(-1)?.[1].text);
  await microtasks();
  await sender.write(bytes("x"));
  assertEquals(await read, "");
  flusher.now();
}

Deno.test("what a queue gets before its part is saved before it is written", async () => {
  const { flusher, all } = await writingCrowd();
  let saved = 0;
  flusher.before = () => saved++;
  const [last, reader] = all.at(-1) ?? startQueue();
  last.push(bytes("two\n"), "delivery");
  while (reader.text === "") await settled();
  assertEquals([reader.text, saved > 0], ["one\ntwo\n", true]);
  flusher.now();
});

Deno.test("Flusher.now saves what it writes for a queue that waited for its part", async () => {
  const { flusher, all } = await writingCrowd();
  const [last, reader] = all.at(-1) ?? startQueue();
  last.push(bytes("two\n"), "delivery");
  const seen: string[] = [];
  flusher.before = () => seen.push(reader.text);
  flusher.now();
  assertEquals([seen, reader.text], [[""], "one\ntwo\n"]);
});

Deno.test("an answer comes before a line to thousands, after what its reader was sent before", async () => {
  const flusher = new Flusher();
  const all = startCrowd(flusher);
  const [asker, reader] = all.at(-1) ?? startQueue();
  for (const [queue] of all) queue.push(bytes("one\n"), "delivery");
  asker.push(bytes("answer\n"));
  await microtasks();
  assertEquals(reader.text, "one\nanswer\n");
  for (const [queue] of all) queue.push(bytes("two\n"), "delivery");
  asker.push(bytes("answer\n"));
  asker.push(bytes("end\n"));
  while (!reader.text.endsWith("end\n")) await settled();
  assertEquals([reader.text, all.at(-2)?.[1].text], ["one\nanswer\ntwo\nanswer\nend\n", ""]);
  flusher.now();
  assertEquals(new Set(all.slice(0, -1).map(([, { text }]) => text)), new Set(["one\ntwo\n"]));
});

Deno.test("SendQueue sends the chunks of one tick in one write", async () => {
  const [queue, reader] = startQueue();
  queue.push(bytes("one\n"));
  await Promise.resolve();
  queue.push(bytes("two\n"));
  assertEquals([queue.bytes, reader.writes], [8, []]);
  await settled();
  assertEquals([queue.bytes, reader.writes, reader.calls], [0, ["one\ntwo\n"], ["drained"]]);
});

Deno.test("SendQueue sends chunks that are pushed during a write in the next write", async () => {
  const [queue, reader] = startQueue();
  reader.slow = true;
  queue.push(bytes("one\n"));
  await settled();
  for (const line of ["two\n", "three\n"]) queue.push(bytes(line));
  await settled();
  assertEquals([reader.writes, queue.bytes], [[], 14]);
  await reader.read();
  await reader.read();
  assertEquals(reader.writes, ["one\n", "two\nthree\n"]);
});

Deno.test("SendQueue continues after a partial write", async () => {
  for (let most = 1; most < 12; most++) {
    const [queue, reader] = startQueue();
    reader.most = most;
    for (const line of ["one\n", "two\n", "three\n"]) queue.push(bytes(line));
    await settled();
    assertEquals([reader.text, reader.calls], ["one\ntwo\nthree\n", ["drained"]]);
  }
});

Deno.test("SendQueue drops chunks over its limit and reports it once", async () => {
  const [queue, reader] = startQueue(8);
  for (const line of ["one\n", "two\n", "three\n", "four\n"]) queue.push(bytes(line));
  assertEquals(reader.calls, ["exceeded"]);
  queue.cut(bytes("over\n"));
  await settled();
  assertEquals(reader.writes, ["over\n"]);
});

Deno.test("a SendQueue that is cut sends its current line and then only the last one", async () => {
  const table: [most: number, text: string][] = [
    [3, "one\nover\n"],
    [4, "one\nover\n"],
    [5, "one\ntwo\nover\n"],
    [12, "one\ntwo\nsix\nover\n"],
  ];
  for (const [most, text] of table) {
    const [queue, reader] = startQueue();
    Object.assign(reader, { slow: true, most });
    for (const line of ["one\n", "two\n", "six\n"]) queue.push(bytes(line));
    await settled();
    queue.push(bytes("lost\n"));
    queue.cut(bytes("over\n"));
    for (let i = 0; i < 4; i++) await reader.read();
    assertEquals([reader.text, queue.idle], [text, true]);
  }
});

Deno.test("a closed SendQueue accepts nothing and still sends its bytes", async () => {
  const [queue, reader] = startQueue();
  queue.push(bytes("one\n"));
  queue.close();
  queue.push(bytes("two\n"));
  await settled();
  assertEquals(reader.text, "one\n");
});

Deno.test("Flusher commits once before the writes of a tick", async () => {
  const flusher = new Flusher();
  const [ann, annReads] = startQueue(100, flusher);
  const [bob, bobReads] = startQueue(100, flusher);
  const seen: string[] = [];
  flusher.before = () => seen.push(annReads.text + bobReads.text);
  const line = bytes("one\n");
  for (const queue of [ann, bob, ann]) queue.push(line);
  await settled();
  assertEquals([seen, annReads.text, bobReads.text], [[""], "one\none\n", "one\n"]);
});

Deno.test("Flusher continues if the commit fails, and reports the error", async () => {
  const flusher = new Flusher();
  const [queue, reader] = startQueue(100, flusher);
  const full = new Error("Disk full");
  const failures: unknown[] = [];
  flusher.onFailure = (error) => failures.push(error);
  flusher.before = () => {
    throw full;
  };
  queue.push(bytes("one\n"));
  flusher.now();
  await settled();
  assertEquals([failures, reader.text], [[full], "one\n"]);
});

Deno.test("Flusher continues if one queue fails, and that queue ends", async () => {
  const flusher = new Flusher();
  const [ann, annReads] = startQueue(100, flusher);
  const [bob, bobReads] = startQueue(100, flusher);
  annReads.fault = new Error("Broken pipe");
  for (const queue of [ann, bob]) queue.push(bytes("one\n"));
  await settled();
  ann.push(bytes("two\n"));
  await settled();
  assertEquals([annReads.calls, bobReads.text, ann.bytes], [[annReads.fault], "one\n", 0]);
});

/** A pause that does not end while a test runs. */
const longPauseMs = 600_000;

/** Resolves when so many queues are written, which takes many parts, or after ten seconds. */
async function untilWritten(all: readonly [SendQueue, Reader][], count: number): Promise<void> {
  const giveUpMs = performance.now() + 10_000;
  const written = () => all.filter(([, { writes }]) => writes.length > 0).length;
  while (written() < count && performance.now() < giveUpMs) await settled();
  await settled();
}

Deno.test("in a crowd, lines that can wait do so until another line comes, in their order", async () => {
  const flusher = new Flusher(longPauseMs);
  const all = Array.from({ length: 510 }, () => startQueue(1_000, flusher));
  const [first, firstReader] = all[500] ?? startQueue();
  const [second, secondReader] = all[501] ?? startQueue();
  for (const [queue] of all) queue.push(bytes("one\n"), "can wait");
  await untilWritten(all, 500);
  assertEquals(all.map(([, { text }]) => text), all.map((_, at) => at < 500 ? "one\n" : ""));
  first.push(bytes("two\n"), "can wait");
  first.push(bytes("three\n"));
  await untilWritten(all, 501);
  assertEquals(
    [firstReader.writes, secondReader.text, second.bytes, second.idle],
    [["one\ntwo\nthree\n"], "", 4, false],
  );
  flusher.now();
});

Deno.test("in a crowd, lines that can wait do so until the pause ends, also those of a closed queue", async () => {
  const flusher = new Flusher();
  const all = Array.from({ length: 510 }, () => startQueue(1_000, flusher));
  for (const [queue] of all) queue.push(bytes("one\n"), "can wait");
  all[501]?.[0].close();
  await untilWritten(all, 510);
  assertEquals(all.map(([, { writes }]) => writes), all.map(() => ["one\n"]));
});

Deno.test("Flusher.now does not wait for the end of a pause, and much that waits is sent at once", async () => {
  const flusher = new Flusher(longPauseMs);
  const all = Array.from({ length: 502 }, () => startQueue(100_000, flusher));
  for (const [queue] of all.slice(0, 501)) queue.push(bytes("one\n"), "can wait");
  await untilWritten(all, 500);
  all[501]?.[0].push(new Uint8Array(20_000), "can wait");
  await untilWritten(all, 501);
  const written = () => all.slice(500).map(([, { text }]) => text.length);
  assertEquals(written(), [0, 20_000]);
  flusher.now();
  await settled();
  assertEquals(written(), [4, 20_000]);
});

Deno.test("when the queues that wait are cleared, no timer is left and their lines are lost", async () => {
  const flusher = new Flusher(longPauseMs);
  const all = Array.from({ length: 501 }, () => startQueue(1_000, flusher));
  for (const [queue] of all) queue.push(bytes("one\n"), "can wait");
  await untilWritten(all, 500);
  for (const [queue] of all) queue.clear();
  assertEquals(all.filter(([, { text }]) => text === "").length, 1);
});
