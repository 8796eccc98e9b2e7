import { assert, assertEquals } from "@std/assert";
import type { Session } from "../../../lib/server/chat/session.ts";
import { forEachInTurns, inTurns } from "../../../lib/server/commands/in_turns.ts";

/** The part of a session that an answer needs. */
function someSession(): { isClosed: boolean } & Session {
  const session = { isClosed: false, id: "s1", user: undefined, connection: { address: "10.1.2.3" } };
  return { ...session, awaitSpace: () => undefined } as unknown as { isClosed: boolean } & Session;
}

function work(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs;);
}

Deno.test("an answer with many lines lets others run, and a short one is sent at once", async () => {
  const seen: number[] = [];
  assertEquals(inTurns(someSession(), [1, 2], (one) => void seen.push(one)), undefined);
  let rounds = 0;
  const timer = setInterval(() => rounds++, 0);
  await inTurns(someSession(), [3, 4, 5, 6, 7, 8], (one) => {
    work(2);
    seen.push(one);
  });
  clearInterval(timer);
  assertEquals(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert(rounds >= 2, `${rounds} rounds`);
});

Deno.test("an answer ends when its session closes, and when it is told to", async () => {
  const session = someSession();
  const seen: number[] = [];
  await inTurns(session, [1, 2, 3, 4, 5, 6], (one) => {
    work(one === 2 ? 5 : 1);
    seen.push(one);
    session.isClosed = one === 2;
  });
  assertEquals(seen, [1, 2]);
  void inTurns(someSession(), [7, 8, 9], (one) => one === 8 ? false : void seen.push(one));
  assertEquals(seen, [1, 2, 7]);
});

Deno.test("many clients that ask in one round of the event loop wait for turns, and each keeps its order", async () => {
  const seen: string[] = [];
  const ask = (name: string) =>
    forEachInTurns(someSession(), [1, 2], (at) => {
      work(2);
      seen.push(name + at);
    });
  const pending = ["a", "b", "c", "d", "e"].map(ask);
  assertEquals([pending[0], seen], [undefined, ["a1", "a2", "b1"]]);
  await Promise.all(pending);
  assertEquals(seen.toSorted(), ["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2", "e1", "e2"]);
  const closed = someSession();
  work(1);
  await forEachInTurns(closed, [1, 2, 3, 4, 5, 6, 7], (at) => {
    work(1);
    seen.push(`f${at}`);
    closed.isClosed = true;
  });
  assertEquals(seen.includes("f7"), false);
});
