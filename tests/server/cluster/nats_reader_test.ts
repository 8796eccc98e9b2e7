/** The reader of the bus, fed by hand: order, a sequence gap, catching up. */
import { assertEquals, assertRejects } from "@std/assert";
import { NatsReader } from "../../../lib/server/cluster/nats_reader.ts";
import type { StreamMessage } from "../../../lib/server/cluster/nats_stream.ts";

/** A stream that delivers the messages of the test while a reader follows it. */
class HandStream {
  followedAfter: number | undefined;
  #receive: ((message: StreamMessage) => void) | undefined;

  follow(sequence: number, receive: (message: StreamMessage) => void): Promise<void> {
    this.followedAfter = sequence;
    this.#receive = receive;
    return Promise.resolve();
  }

  stop(): void {
    this.#receive = undefined;
  }

  give(...sequences: number[]): void {
    for (const sequence of sequences) {
      const text = JSON.stringify({ event: `e${sequence}`, by: "" });
      this.#receive?.({ sequence, ms: 1000 + sequence, id: `id${sequence}`, text });
    }
  }
}

function startReader() {
  const stream = new HandStream();
  const applied: string[] = [];
  const gaps: number[] = [];
  const logged: string[] = [];
  const reader = new NatsReader<string>({
    stream,
    apply: (event) => applied.push(event),
    onGap: () => gaps.push(reader.position.sequence),
    log: (_level, text) => logged.push(text),
  });
  return { stream, reader, applied, gaps, logged };
}

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

Deno.test("a reader can resume only if the stream still has the next event", () => {
  const { reader } = startReader();
  reader.seek(position, ends);
  assertEquals(reader.canResume({ stream: "one", first: 3, last: 9 }), true);
  assertEquals(reader.canResume({ stream: "one", first: 4, last: 9 }), false, "it forgot the next event");
  assertEquals(reader.canResume({ stream: "one", first: 1, last: 1 }), false, "it is shorter");
  assertEquals(reader.canResume({ stream: "two", first: 1, last: 9 }), false, "it is another stream");
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
});
