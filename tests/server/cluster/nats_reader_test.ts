/** The reader of the bus, fed by hand: order, a sequence gap, catching up. */
import { assertEquals, assertRejects } from "@std/assert";
import { NatsReader } from "../../../lib/server/cluster/nats_reader.ts";
import { stampMs } from "../../../lib/irc/stamp.ts";
import type { StreamMessage } from "../../../lib/server/cluster/nats_stream.ts";

/** A stream that delivers the messages of the test while a reader follows it. */
class HandStream {
  followedAfter: number | undefined;
  /** When NATS got a message, by its sequence. */
  readonly times = new Map<number, number>();
  #receive: ((message: StreamMessage) => void) | undefined;

  follow(sequence: number, receive: (message: StreamMessage) => void): Promise<void> {
    this.followedAfter = sequence;
    this.#receive = receive;
    return Promise.resolve();
  }

  stop(): void {
    this.#receive = undefined;
  }

  timeOf(sequence: number): Promise<number | undefined> {
    return Promise.resolve(this.times.get(sequence));
  }

  give(...sequences: number[]): void {
    for (const sequence of sequences) {
      this.say(sequence, { ms: 1000 + sequence, at: 1000 + sequence });
    }
  }

  /** An event that a machine committed at `at`, and that NATS got at `ms`. */
  say(sequence: number, { ms, at, id = `id${sequence}` }: { ms: number; at: number; id?: string }): void {
    this.times.set(sequence, ms);
    this.#receive?.({ sequence, ms, id, text: JSON.stringify({ event: `e${sequence}`, by: "", at }) });
  }

  raw(sequence: number, text: string): void {
    this.#receive?.({ sequence, ms: 1000, id: "", text });
  }
}

function startReader() {
  const stream = new HandStream();
  const applied: string[] = [];
  const gaps: number[] = [];
  const settled: string[] = [];
  const logged: string[] = [];
  const stamps: number[] = [];
  const clock = { nowMs: 0 };
  const reader: NatsReader<string> = new NatsReader<string>({
    stream,
    apply(event, stamp) {
      applied.push(event);
      stamps.push(stamp);
    },
    onApplied: (id) => settled.push(id),
    machine: "m1-",
    now: () => clock.nowMs,
    onGap: () => gaps.push(reader.position.sequence),
    log: (_level, text) => logged.push(text),
  });
  return { stream, reader, applied, stamps, gaps, logged, clock, settled };
}

const hourMs = 3_600_000;
const ends = { stream: "one", first: 1, last: 5 };
const position = { sequence: 2, last: 0, stream: "one" };

Deno.test("a reader applies each event once, and has caught up when the end is applied", async () => {
  const { stream, reader, applied } = startReader();
  reader.seek(position, ends);
  assertEquals(reader.lag, 3);
  const caughtUp = reader.catchUp(5);
  assertEquals([stream.followedAfter, reader.isCatchingUp], [2, true]);
  stream.give(2, 3, 3, 4, 5);
  await caughtUp;
  assertEquals(applied, ["e3", "e4", "e5"]);
  assertEquals([reader.lag, reader.isCatchingUp, reader.position.sequence], [0, false, 5]);
});

Deno.test("a reader stops at a sequence gap and reports it once", async () => {
  const { stream, reader, applied, gaps } = startReader();
  reader.seek(position, ends);
  const caughtUp = reader.catchUp(5);
  stream.give(3, 5, 6);
  await assertRejects(() => caughtUp, Error, "Events are missing in the stream");
  assertEquals([applied, gaps], [["e3"], [3]]);
});

Deno.test("a reader that is stopped while it catches up says why, and can resume", async () => {
  const { stream, reader, applied } = startReader();
  reader.seek(position, ends);
  const caughtUp = reader.catchUp(5);
  stream.give(3);
  reader.stop(new Error("The connection to NATS broke"));
  await assertRejects(() => caughtUp, Error, "The connection to NATS broke");
  stream.give(4);
  assertEquals(applied, ["e3"]);
  await reader.resume();
  stream.give(4);
  assertEquals([stream.followedAfter, applied], [3, ["e3", "e4"]]);
});

Deno.test("messages of other programs in the stream are ignored, and the log says so once", async () => {
  const { stream, reader, applied, logged } = startReader();
  reader.seek(position, ends);
  const caughtUp = reader.catchUp(6);
  for (const [at, text] of ["hello", "null", '{"by":"x"}'].entries()) stream.raw(3 + at, text);
  stream.give(6);
  await caughtUp;
  assertEquals([applied, logged.length, reader.position.sequence], [["e6"], 1, 6]);
});

Deno.test("a reader can resume only if the stream still has its events and the next one", async () => {
  const { stream, reader } = startReader();
  reader.seek(position, ends);
  assertEquals(await reader.canResume({ stream: "one", first: 3, last: 9 }), true);
  assertEquals(
    await reader.canResume({ stream: "one", first: 4, last: 9 }),
    false,
    "it forgot the next event",
  );
  assertEquals(await reader.canResume({ stream: "one", first: 1, last: 1 }), false, "it is shorter");
  assertEquals(await reader.canResume({ stream: "two", first: 1, last: 9 }), false, "it is another stream");
  await reader.resume();
  stream.give(3);
  assertEquals(await reader.canResume({ stream: "one", first: 1, last: 9 }), true);
  stream.times.set(3, 1999);
  assertEquals(await reader.canResume({ stream: "one", first: 1, last: 9 }), false, "its event 3 is another");
  assertEquals(await reader.canResume({ stream: "one", first: 4, last: 9 }), true, "event 3 is deleted");
});

Deno.test("a position that the stream does not have is replaced by the nearest one, and the log says so", () => {
  const { reader, logged } = startReader();
  reader.seek({ ...position, stream: "zero" }, ends);
  assertEquals(reader.position, { sequence: 0, last: 0, stream: "one" });
  reader.seek(position, { stream: "one", first: 5, last: 9 });
  assertEquals(reader.position.sequence, 4);
  assertEquals(logged.map((line) => line.split(/[;:]/)[0]), [
    "NATS has a new stream",
    "This machine was away for longer than NATS keeps events",
  ]);
  reader.seek({ sequence: 0, last: 0, stream: "" }, ends);
  assertEquals(logged.length, 2);
  reader.seek({ sequence: 7, last: 99, stream: "one" }, ends);
  assertEquals(reader.position, { sequence: 5, last: 99, stream: "one" });
  assertEquals(logged[2]?.split(",")[0], "NATS lost the newest events of its stream");
});

Deno.test("a stamp has the earlier time if the clocks of NATS and of the machine differ by more than a minute", async () => {
  const { stream, reader, stamps } = startReader();
  reader.seek(position, ends);
  await reader.resume();
  stream.say(3, { ms: 30_000, at: 0 });
  stream.say(4, { ms: 25 * hourMs, at: 31_000 });
  stream.say(5, { ms: 32_000, at: 25 * hourMs });
  assertEquals(stamps.map(stampMs), [30_000, 31_000, 32_000]);
});

Deno.test("a reader compares the clock of NATS with its own by the events of this machine", async () => {
  const { stream, reader, clock } = startReader();
  reader.seek(position, ends);
  await reader.resume();
  clock.nowMs = 100_000;
  stream.say(3, { ms: 99_000, at: 98_000, id: "m1-1" });
  assertEquals(reader.clockAheadMs, 0);
  // An event that waited for NATS is no fault of a clock.
  stream.say(4, { ms: 99_000, at: 5000, id: "m1-2" });
  assertEquals(reader.clockAheadMs, 0);
  stream.say(5, { ms: 100_000 + 25 * hourMs, at: 99_000, id: "m1-3" });
  assertEquals(reader.clockAheadMs, 25 * hourMs);
  stream.say(6, { ms: 99_000 - hourMs, at: 99_000, id: "m1-4" });
  assertEquals(reader.clockAheadMs, -hourMs);
  // The clock of another machine says nothing about this one.
  stream.say(7, { ms: 99_000, at: 99_000, id: "m2-1" });
  assertEquals(reader.clockAheadMs, -hourMs);
});

Deno.test("the events of one message are applied in their order, each with a stamp of its own", async () => {
  const { stream, reader, applied, stamps, settled, logged } = startReader();
  reader.seek(position, ends);
  void reader.catchUp(4);
  const events = ["one", "two"].map((event) => ({ event, by: "" }));
  stream.raw(3, JSON.stringify({ events, at: 1000 }));
  assertEquals([applied, settled], [["one", "two"], [""]]);
  assertEquals(stamps.map((stamp) => stamp - (stamps[0] ?? 0)), [0, 1]);
  // A message of another program is ignored as a whole.
  stream.raw(4, JSON.stringify({ events: [...events, "foreign"], at: 1000 }));
  assertEquals([applied.length, reader.position.sequence, logged.length], [2, 4, 1]);
  await Promise.resolve();
});
