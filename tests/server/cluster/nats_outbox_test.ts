/** The outbox of the bus with a stream that answers as the test says. */
import { assertEquals, assertRejects } from "@std/assert";
import { JetStreamApiError } from "@nats-io/jetstream";
import { NatsError, TooLargeError } from "../../../lib/server/cluster/nats_faults.ts";
import { NatsOutbox } from "../../../lib/server/cluster/nats_outbox.ts";

const full = new NatsError(
  new JetStreamApiError({ code: 503, err_code: 10077, description: "no space left on device" }),
);

/** The events of a tick are published in its last rounds of microtasks. */
const pause = () => new Promise((resolve) => setTimeout(resolve));

/** An outbox on a stream with a full disk: it ignores what asks for no answer, and refuses the rest. */
function startOutbox() {
  const published: string[] = [];
  const told: string[] = [];
  const texts: string[] = [];
  const stream = {
    isFull: true,
    maxEventBytes: 360,
    put(text: string, id: string): void {
      if (text.length > stream.maxEventBytes / 3) throw new NatsError(new TooLargeError(text.length, 100));
      published.push(`put ${id}`);
      texts.push(text);
    },
    publish(_text: string, id: string): Promise<number> {
      published.push(`ask ${id}`);
      return stream.isFull ? Promise.reject(full) : Promise.resolve(1);
    },
  };
  const outbox = new NatsOutbox<string>({
    stream,
    refusal: (event, fault) => new Error(`${event}: ${fault.kind}`),
    mustHappen: (event) => event.startsWith("left"),
    now: () => 7,
    onRefused: (fault) => told.push(fault.kind),
    onAccepted: () => told.push("accepted"),
  });
  return { outbox, stream, published, told, texts };
}

Deno.test("an event that is too large is refused at once with its size, and the next events are not slower", async () => {
  const { outbox, published, told } = startOutbox();
  await assertRejects(() => outbox.add("a", "x".repeat(200), "", { atOnce: true }), Error, ": too large");
  void outbox.add("b", "short", "", { atOnce: true });
  await pause();
  assertEquals([published, told, outbox.size], [["put b"], ["too large"], 1]);
});

Deno.test("after NATS refused an event the next asks for an answer, so the person is told at once", async () => {
  const { outbox, published, told } = startOutbox();
  const first = outbox.add("a", "hello", "", { atOnce: false });
  // The time when it was published is long ago.
  outbox.verify(() => {});
  await assertRejects(() => first, Error, "hello: no space");
  await assertRejects(() => outbox.add("b", "again", "", { atOnce: true }), Error, "again: no space");
  assertEquals([published, told, outbox.size], [["ask a", "ask b"], ["no space", "no space"], 0]);
});

Deno.test("an event that must happen waits until NATS has space, and does not grow old meanwhile", async () => {
  const { outbox, stream, published } = startOutbox();
  let isApplied = false;
  const left = outbox.add("a", "left ann", "", { atOnce: false }).then(() => isApplied = true);
  outbox.verify(() => {});
  await Promise.resolve();
  await Promise.resolve();
  assertEquals([outbox.size, outbox.ageMs < 1000], [1, true]);
  stream.isFull = false;
  outbox.republish();
  assertEquals(published, ["ask a", "ask a"]);
  outbox.settle("a");
  await left;
  assertEquals(isApplied, true);
});

Deno.test("the events of one tick travel in one message, in their order and as far as they fit", async () => {
  const { outbox, published, texts } = startOutbox();
  const added = ["one", "two", "three"].map((event, at) =>
    outbox.add("abc".charAt(at), event, "s", { atOnce: true })
  );
  assertEquals([published, outbox.size], [["put a"], 3]);
  await pause();
  assertEquals(published, ["put a", "put c"]);
  assertEquals(texts, [
    '{"events":[{"event":"one","by":"s"},{"event":"two","by":"s"}],"at":7}',
    '{"event":"three","by":"s","at":7}',
  ]);
  for (const id of ["a", "c"]) outbox.settle(id);
  await Promise.all(added);
  assertEquals(outbox.size, 0);
});

Deno.test("an event with a message of its own comes after the earlier events of its tick", async () => {
  const { outbox, published, texts } = startOutbox();
  void outbox.add("a", "one", "", { atOnce: true });
  void outbox.add("shared", "heard", "", { atOnce: true, alone: true });
  void outbox.add("b", "two", "", { atOnce: true });
  void outbox.add("c", "three", "", { atOnce: true });
  // It is published again as it was, and gets no further events.
  outbox.republish();
  void outbox.add("d", "four", "", { atOnce: true });
  await pause();
  assertEquals(published, ["put a", "put shared", "put a", "put shared", "put b", "put d"]);
  assertEquals([texts[0], texts[1]], [texts[2], texts[3]]);
});

Deno.test("NATS refuses a message with several events: each is refused, and those that must happen wait", async () => {
  const { outbox, stream, published } = startOutbox();
  const first = outbox.add("a", "first", "", { atOnce: false });
  outbox.verify(() => {});
  await assertRejects(() => first, Error, "first: no space");
  const hello = outbox.add("b", "hello", "", { atOnce: true });
  const left = outbox.add("c", "left ann", "", { atOnce: true });
  await assertRejects(() => hello, Error, "hello: no space");
  assertEquals([published, outbox.size], [["ask a", "ask b"], 1]);
  stream.isFull = false;
  outbox.republish();
  assertEquals(published, ["ask a", "ask b", "ask c"]);
  outbox.settle("c");
  await left;
});

Deno.test("events that together became too large are published one by one", async () => {
  const { outbox, stream, published, told } = startOutbox();
  void outbox.add("a", "one", "", { atOnce: true });
  void outbox.add("b", "two", "", { atOnce: true });
  stream.maxEventBytes = 150;
  await pause();
  assertEquals([published, told, outbox.size], [["put a", "put b"], [], 2]);
});
