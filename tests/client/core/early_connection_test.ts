import { assert, assertEquals, assertRejects } from "@std/assert";
import { EarlyConnection } from "../../../lib/client/core/early_connection.ts";
import { MemoryConnection } from "../../support/memory_connection.ts";
import { until } from "../../support/deadline.ts";

/** Opens connections in memory; `opened` has all of them, and `refuses` makes the next try fail. */
class Opener {
  readonly opened: MemoryConnection[] = [];
  refuses = false;

  readonly connect = async (signal: AbortSignal): Promise<MemoryConnection> => {
    await Promise.resolve();
    if (this.refuses) throw new Error("Cannot reach the server");
    const connection = new MemoryConnection({ sent: () => {} });
    signal.addEventListener("abort", () => connection.close());
    this.opened.push(connection);
    return connection;
  };
}

const never = new AbortController().signal;

Deno.test("EarlyConnection gives the connection that waits, once, then new ones", async () => {
  const { connect, opened } = new Opener();
  const early = new EarlyConnection(connect);
  early.prepare();
  early.prepare();
  const first = await early.take(never);
  const second = await early.take(never);
  assertEquals(opened, [first, second] as MemoryConnection[]);
  assert(first !== second && first.ended === undefined);
});

Deno.test("EarlyConnection opens another one for a connection that ended, failed or was dropped", async () => {
  const opener = new Opener();
  const { connect, opened } = opener;
  const early = new EarlyConnection(connect);
  early.prepare();
  await until(() => opened.length === 1);
  opened[0]?.close();
  assertEquals((await early.take(never)).ended, undefined);
  opener.refuses = true;
  early.prepare();
  await assertRejects(() => early.take(never), Error, "Cannot reach the server");
  opener.refuses = false;
  early.prepare();
  early.drop();
  const last = await early.take(never);
  assertEquals(opened.map(({ ended }) => ended === undefined), [false, true, false, true]);
  assertEquals(opened.at(-1), last as MemoryConnection);
});

Deno.test("EarlyConnection closes a connection that nobody takes, and one whose try ends", async () => {
  const { connect, opened } = new Opener();
  const early = new EarlyConnection(connect, 1);
  early.prepare();
  await until(() => opened[0]?.ended !== undefined);
  early.prepare();
  const attempt = new AbortController();
  await early.take(attempt.signal);
  attempt.abort();
  assertEquals(opened.map(({ ended }) => ended), ["Connection closed", "Connection closed"]);
});

Deno.test("EarlyConnection does not give a connection from before the computer slept", async () => {
  const { connect, opened } = new Opener();
  let nowMs = 0;
  const early = new EarlyConnection(connect, 1_000, () => nowMs);
  early.prepare();
  await until(() => opened.length === 1);
  nowMs = 1_001;
  const taken = await early.take(never);
  assertEquals(opened.map(({ ended }) => ended === undefined), [false, true]);
  assertEquals(opened[1], taken as MemoryConnection);
});
