import { assertEquals, assertRejects } from "@std/assert";
import { OnePerPerson, Turns } from "../lib/turns.ts";

Deno.test("persons with long work take turns, however much work each of them has", async () => {
  const turns = new Turns({ restShare: 1.5 });
  const done: string[] = [];
  const work = ["ann", "ann", "ann", "bob", "ann", "eve"].map((person, at) =>
    turns.next(person).then(() => done.push(`${person}${at}`))
  );
  await Promise.all(work);
  assertEquals(done, ["ann0", "bob3", "eve5", "ann1", "ann2", "ann4"]);
});

Deno.test("one part of all long work runs at a time, and then the thread rests for longer than the part took", async () => {
  let nowMs = 0;
  const planned: (() => void)[] = [];
  const log: string[] = [];
  const turns = new Turns({
    restShare: 1.5,
    now: () => nowMs,
    later: (act, ms) => {
      log.push(`rest ${ms}`);
      planned.push(act);
    },
    nextRound: (act) => void planned.push(act),
  });
  for (const [person, tookMs] of [["ann", 4], ["bob", 2], ["eve", 100]] as const) {
    turns.next(person).then(() => {
      log.push(person);
      nowMs += tookMs;
    });
  }
  for (let act = planned.shift(); act !== undefined; act = planned.shift()) {
    act();
    await Promise.resolve();
    await Promise.resolve();
  }
  assertEquals(turns.first("dan") === undefined, false);
  assertEquals(log, ["ann", "rest 6", "bob", "rest 3", "eve", "rest 25"]);
});

Deno.test("a person has one piece of work at a time, also after one that failed", async () => {
  const work = new OnePerPerson();
  const log: string[] = [];
  const act = (name: string) => async () => {
    log.push(`${name} starts`);
    await Promise.resolve();
    log.push(`${name} ends`);
    if (name === "a1") throw new Error("expected");
  };
  const first = work.run("ann", act("a1"));
  await Promise.all([assertRejects(() => first), work.run("ann", act("a2")), work.run("bob", act("b1"))]);
  assertEquals(log.indexOf("a1 ends") < log.indexOf("a2 starts"), true);
  assertEquals(log.indexOf("b1 starts") < log.indexOf("a1 ends"), true);
  await work.run("ann", act("a3"));
  assertEquals(log.slice(-2), ["a3 starts", "a3 ends"]);
});
