/** The number of copies of a stream, in a NATS cluster of which not all servers run yet. */
import { assertEquals, assertRejects } from "@std/assert";
import { JetStreamApiError } from "@nats-io/jetstream";
import { withReplicas } from "../../../lib/server/cluster/nats_setup.ts";

/** NATS refuses three copies so many times with one of its codes; the copies that it was asked for. */
async function asked(
  refusals: number,
  code: number,
  peersMs?: number,
  words = "no suitable peers for placement",
) {
  const wanted: number[] = [];
  await withReplicas((copies) => {
    wanted.push(copies);
    const error = new JetStreamApiError({ code: 400, err_code: code, description: words });
    return copies > 1 && wanted.length <= refusals ? Promise.reject(error) : Promise.resolve();
  }, peersMs);
  return wanted;
}

Deno.test("a stream has three copies also if a server of the NATS cluster starts late", async () => {
  assertEquals(await asked(1, 10005), [3, 3]);
});

Deno.test("a stream has one copy if NATS is no cluster, and if the other servers do not start", async () => {
  assertEquals([await asked(9, 10074), await asked(9, 10005, 0)], [[3, 1], [3, 1]]);
});

Deno.test("a stream that NATS refuses for another reason is not tried again", async () => {
  await assertRejects(() => asked(9, 10052), JetStreamApiError);
  await assertRejects(() => asked(9, 10005, undefined, "insufficient storage"), JetStreamApiError);
});
