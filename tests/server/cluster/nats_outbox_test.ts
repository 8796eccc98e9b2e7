/** The outbox of the bus with a stream that answers as the test says. */
import { assertEquals, assertRejects } from "@std/assert";
import { JetStreamApiError } from "@nats-io/jetstream";
import { NatsError, TooLargeError } from "../../../lib/server/cluster/nats_faults.ts";
import { NatsOutbox } from "../../../lib/server/cluster/nats_outbox.ts";

const full = new NatsError(
  new JetStreamApiError({ code: 503, err_code: 10077, description: "no space left on device" }),
);

/** An outbox on a stream with a full disk: it ignores what asks for no answer, and refuses the rest. */
function startOutbox() {
  const published: string[] = [];
  const told: string[] = [];
  const stream = {
    isFull: true,
    put(text: string, id: string): void {
      if (text.length > 100) throw new NatsError(new TooLargeError(text.length, 100));
      published.push(`put ${id}`);
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
    now: Date.now,
    onRefused: (fault) => told.push(fault.kind),
    onAccepted: () => told.push("accepted"),
  });
  return { outbox, stream, published, told };
}

Deno.test("an event that is too large is refused at once with its size, and the next events are not slower", async () => {
  const { outbox, published, told } = startOutbox();
  await assertRejects(() => outbox.add("a", "x".repeat(200), "", { atOnce: true }), Error, ": too large");
  void outbox.add("b", "short", "", { atOnce: true });
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
