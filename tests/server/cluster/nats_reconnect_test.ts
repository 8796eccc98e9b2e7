/** Connecting to NATS again. The test with a real nats-server is ignored without it. */
import { assertEquals } from "@std/assert";
import { reconnectDelays } from "../../../lib/server/cluster/nats_reconnect.ts";
import { NatsStream } from "../../../lib/server/cluster/nats_stream.ts";
import { Nats } from "../../support/cluster.ts";
import { withDeadline } from "../../support/deadline.ts";
import { hasProgram } from "../../support/programs.ts";

const hourMs = 3_600_000;

Deno.test("attempts to reach NATS are 250 to 350 ms apart, and the first is due at once", () => {
  let nowMs = 5_000;
  const delay = reconnectDelays(() => nowMs, () => 0.5);
  assertEquals(delay(), -Infinity);
  assertEquals(delay(), 300);
  nowMs += 200;
  assertEquals(delay(), 100);
  nowMs += 100;
  assertEquals(delay(), -Infinity);
  assertEquals(delay(), 300);
});

Deno.test({
  name: "a machine whose clock is set back while NATS is away reaches NATS at once",
  ignore: !hasProgram("nats-server"),
  async fn() {
    await using nats = await Nats.start();
    const { connection } = await NatsStream.open(nats.url, "east");
    const { now } = Date;
    try {
      const statuses = connection.status()[Symbol.asyncIterator]();
      const next = async (type: string) => {
        while ((await statuses.next()).value?.type !== type);
      };
      Date.now = () => now() + hourMs;
      await nats.kill();
      await next("reconnecting");
      Date.now = now;
      await nats.again();
      await withDeadline(next("reconnect"), 5_000, () => "It did not connect again");
    } finally {
      Date.now = now;
      await connection.close();
    }
  },
});
