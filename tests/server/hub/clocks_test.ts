/** A clock of the server that somebody sets: deadlines, order and deletions do not depend on it. */
import { assertEquals, assertMatch } from "@std/assert";
import { Clock } from "../../../lib/irc/clock.ts";
import { ClockWatch } from "../../../lib/server/hub/clock_watch.ts";
import { stampMs } from "../../../lib/irc/stamp.ts";
import { Database } from "../../../lib/server/store/database.ts";
import { openMemory } from "../../../lib/server/store/open.ts";
import { metricsText } from "../../../lib/server/web/metrics.ts";
import { openStore } from "../../../lib/server/store/store.ts";
import { makeOperator, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startsAt = Date.parse("2026-01-31T12:00:00.000Z");
const jumps = [["ahead", hourMs], ["back", -hourMs]] as const;

story("a server that did not run for an hour closes nobody for what it did not read", {
  startsAt,
  settings: { pingAfter: 60_000, registrationTime: 20_000, linger: 60_000 },
}, async (chat) => {
  const ann = await chat.peer("ann");
  const late = await chat.peer("late", { register: false });
  await late.lines();
  const cat = await registered(chat, "cat");
  await cat[Symbol.asyncDispose]();
  while (chat.state.find("cat")?.lingering === undefined) await late.lines();
  chat.hub.sweep();
  chat.clock.nowMs += 19_000;
  chat.hub.sweep();
  chat.clock.nowMs += hourMs;
  chat.hub.sweep(hourMs);
  chat.hub.sweep();
  assertEquals(chat.state.find("cat")?.nick, "cat");
  assertEquals((await receive(late)).length, 0);
  chat.clock.nowMs += 1000;
  chat.hub.sweep();
  assertMatch((await late.closed()).at(-1) ?? "", /Registration timed out/);
  chat.clock.nowMs += 40_000;
  chat.hub.sweep();
  assertEquals(chat.state.find("cat"), undefined);
  await ann.next("PING");
  const unanswering = chat.state.sessions.size;
  chat.clock.nowMs += 29_000 + hourMs;
  chat.hub.sweep(hourMs);
  chat.clock.nowMs += 29_000;
  chat.hub.sweep();
  assertEquals(chat.state.sessions.size, unanswering);
  chat.clock.nowMs += 1000;
  chat.hub.sweep();
  assertMatch((await ann.closed()).at(-1) ?? "", /Ping timeout: 90 seconds/);
});

for (const [direction, jumpMs] of jumps) {
  story(`a clock that is set ${direction} closes no connection, and a silent one in time`, {
    startsAt,
    settings: { pingAfter: 60_000, registrationTime: 20_000 },
  }, (chat) => pings(chat, jumpMs));

  story(`messages stay in order and can be marked as read when the clock is set ${direction}`, {
    startsAt,
  }, (chat) => marks(chat, jumpMs));

  story(`a user that lost the connection stays as long as always when the clock is set ${direction}`, {
    startsAt,
    settings: { linger: 60_000, pingAfter: dayMs },
  }, (chat) => lingers(chat, jumpMs));

  story(`wrong passwords wait as long as always when the clock is set ${direction}`, {
    startsAt,
    settings: { loginTries: 1 },
  }, (chat) => throttles(chat, jumpMs));

  Deno.test(`a failing disk is tried again after a second when the clock is set ${direction}`, () => {
    let passedMs = 0;
    let jumpedMs = 0;
    const { db } = openMemory();
    const clock = new Clock({ now: () => passedMs + jumpedMs, monotonic: () => passedMs });
    using database = Object.assign(new Database({ db }, { clock }), {
      [Symbol.dispose]: () => database.close(),
    });
    const said: string[] = [];
    database.onProblem = (sentence) => said.push(sentence);
    let isFull = true;
    database.addParticipant({
      statements: 2,
      bytes: 0,
      write() {
        if (isFull) throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
      },
      written() {},
      rolledBack() {},
    });
    database.scheduleCommit();
    assertEquals(database.commit(), false);
    isFull = false;
    jumpedMs = jumpMs;
    assertEquals(database.commit(), false);
    passedMs += 1000;
    assertEquals([database.commit(), said.length], [true, 2]);
  });
}

Deno.test("a clock that is set a year ahead deletes nothing; time that passes does", () => {
  let [passedMs, jumpedMs] = [startsAt, 0];
  const clock = new Clock({ now: () => passedMs + jumpedMs, monotonic: () => passedMs });
  using store = openStore({ clock, retention: { ageMs: dayMs, count: 0 } });
  const tell = (stamp: number) =>
    store.history.append(store.conversations.channel("#tea", "#tea"), 0, stamp, ":ann!~u@h PRIVMSG #tea :hi");
  const count = () => {
    while (store.upkeepStep());
    const views = [{ conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 }];
    return store.history.read(views, { limit: 9, from: "start", events: false }).length;
  };
  for (let at = 0; at < 3; at++) {
    tell((startsAt + at) * 1024);
    store.commit();
  }
  jumpedMs = 365 * dayMs;
  assertEquals(count(), 3);
  passedMs += 2 * dayMs;
  // The newest always stays.
  assertEquals(count(), 1);
});

story("a clock that is set a year ahead ends no registered channel and no ban", {
  startsAt,
  settings: { linger: 0, pingAfter: 10 * 365 * dayMs },
}, async (chat) => {
  const ann = await registered(chat, "ann");
  makeOperator(chat, "ann");
  await ann.join("#tea");
  await ask(ann, "UBAN ADD 10.9.9.9 2h :noise", "PART #tea");
  chat.clock.jumpedMs = 365 * dayMs;
  chat.hub.sweep();
  chat.clock.jumpedMs = 0;
  assertEquals(chat.state.channel("#tea")?.registration?.founder, "ann");
  assertMatch((await ask(ann, "UBAN LIST")).join("\n"), /10\.9\.9\.9/);
  chat.clock.nowMs += 365 * dayMs;
  chat.hub.sweep();
  assertEquals(chat.state.channel("#tea")?.registration, undefined);
});

story("a clock that is set ahead hides no history, and makes nobody idle", {
  startsAt,
  settings: { keepFor: 30 * dayMs },
}, async (chat) => {
  const ann = await chat.peer("ann", { caps: ["batch", "draft/chathistory"] });
  await ann.join("#tea");
  await ask(ann, "PRIVMSG #tea :hello");
  chat.clock.nowMs += 5000;
  for (const jumpMs of [365 * dayMs, -365 * dayMs]) {
    chat.clock.jumpedMs = jumpMs;
    const history = await ask(ann, "CHATHISTORY LATEST #tea * 9");
    assertEquals(history.filter((line) => line.endsWith("hello")).length, 1);
    assertMatch((await ask(ann, "WHOIS ann")).find((line) => line.includes(" 317 ")) ?? "", / ann 5 \d+ /);
    assertEquals(await ask(ann, "WHO ann %l"), [
      ":chat.test 354 ann 5",
      ":chat.test 315 ann ann :End of WHO list",
    ]);
  }
});

story("the time since the start does not follow a clock that is set", { startsAt }, async (chat) => {
  const ann = await chat.peer("ann");
  chat.clock.nowMs += 5000;
  chat.clock.jumpedMs = -hourMs;
  assertMatch((await ask(ann, "STATS u"))[0] ?? "", /Server Up 0 days 0:00:05$/);
});

story("a clock that is set ahead is told, does not reach messages for ten minutes, and ends no ban", {
  startsAt,
  settings: { pingAfter: dayMs },
}, async (chat) => {
  const oper = await chat.peer("oper");
  makeOperator(chat, "oper");
  const ann = await chat.peer("ann", { caps: ["server-time", "echo-message"] });
  await ann.join("#tea");
  const say = async () => {
    ann.send("PRIVMSG #tea :hi");
    return Date.parse(/time=(\S+)/.exec(await ann.next(/ PRIVMSG /))?.[1] ?? "") - chat.clock.nowMs;
  };
  await ask(oper, "UBAN ADD 10.9.9.9 2h :noise");
  chat.clock.jumpedMs = 365 * dayMs;
  assertEquals(await say(), 0);
  chat.hub.sweep();
  assertEquals((await oper.lines()).map((line) => /set 365 days ahead/.test(line)), [true]);
  assertEquals(chat.hub.clockFigures, { stampsAheadMs: 0, jumpMs: 365 * dayMs, busAheadMs: 0 });
  chat.clock.nowMs += 11 * 60_000;
  assertEquals(await say(), 365 * dayMs);
  assertMatch((await ask(oper, "UBAN LIST")).join("\n"), /10\.9\.9\.9/);
});

story(
  "messages in the future are told to the log, operators and monitors, again each hour, until it is over",
  {
    startsAt,
    settings: { pingAfter: dayMs },
  },
  async (chat) => {
    const oper = await chat.peer("oper");
    makeOperator(chat, "oper");
    await oper.join("#tea");
    chat.clock.jumpedMs = -59_000;
    chat.hub.sweep();
    assertEquals(await oper.lines(), []);
    chat.clock.jumpedMs = -25 * hourMs;
    const told = async () => (await oper.lines()).filter((line) => line.includes("--mend-times")).length;
    const counts: number[] = [];
    for (const minutes of [0, 1, 58, 2, 59]) {
      chat.clock.nowMs += minutes * 60_000;
      chat.hub.sweep();
      counts.push(await told());
    }
    assertEquals(counts, [1, 0, 0, 1, 0]);
    // Somebody who becomes an operator later is told too.
    const late = await chat.peer("late");
    makeOperator(chat, "late");
    chat.hub.sweep();
    chat.hub.sweep();
    assertEquals((await late.lines()).filter((line) => line.includes("--mend-times")).length, 1);
    assertEquals(await told(), 0);
    assertMatch(
      chat.log.join("\n"),
      /error The newest messages are from 2026-01-31 12:00 UTC, 25 hours ahead of/,
    );
    assertEquals(chat.hub.warnings.length, 1);
    assertMatch(metricsText(chat.hub), /^parley_stamps_ahead_seconds 82800$/m);
    chat.clock.nowMs += 25 * hourMs;
    chat.hub.sweep();
    assertMatch((await oper.lines()).join("\n"), /New messages have the right time again/);
    assertEquals(chat.hub.warnings, []);
  },
);

story("a machine whose clock is ahead of that of NATS warns, and answers with the earlier time", {
  startsAt,
}, async ({ state, clock }) => {
  let clockAheadMs = 0;
  const figures = { isUp: true, lag: 0, inFlight: 0, reconnects: 0 };
  const watch = new ClockWatch(state, () => ({ ...figures, clockAheadMs }));
  const said = (aheadMs: number) => {
    clockAheadMs = aheadMs;
    watch.check();
    return [watch.warnings.join("").slice(0, 42), state.now() - clock.nowMs];
  };
  await Promise.resolve();
  assertEquals(said(-60_000), ["", 0]);
  assertEquals(said(-25 * hourMs), ["The clock of NATS is 25 hours behind the c", -25 * hourMs]);
  assertEquals(said(25 * hourMs), ["The clock of NATS is 25 hours ahead of the", 0]);
  assertEquals(said(0), ["", 0]);
});

async function pings(chat: Chat, jumpMs: number): Promise<void> {
  const ann = await chat.peer("ann");
  const late = await chat.peer("late", { register: false });
  await late.lines();
  const pinged = async () =>
    (await receive(ann)).filter((line) => line.startsWith(":PING") || line.includes("PING"));
  chat.clock.jumpedMs = jumpMs;
  chat.hub.sweep();
  chat.hub.sweep();
  assertEquals(await pinged(), []);
  assertEquals(chat.state.sessions.size, 2);
  chat.clock.nowMs += 20_000;
  chat.hub.sweep();
  assertEquals((await late.closed()).at(-1), "ERROR :Closing link: Registration timed out");
  chat.clock.nowMs += 61_000;
  chat.hub.sweep();
  chat.clock.nowMs += 5000;
  chat.hub.sweep();
  assertEquals((await pinged()).length, 1);
  chat.clock.nowMs += 61_000;
  chat.hub.sweep();
  chat.clock.nowMs += 30_000;
  chat.hub.sweep();
  assertEquals((await ann.closed()).at(-1), "ERROR :Closing link: Ping timeout: 91 seconds");
}

async function marks(chat: Chat, jumpMs: number): Promise<void> {
  const caps = ["draft/read-marker", "server-time", "echo-message", "batch", "draft/chathistory"];
  const ann = await chat.peer("ann", { caps });
  await ann.join("#tea");
  const times: string[] = [];
  const say = async (text: string) => {
    ann.send(`PRIVMSG #tea ${text}`);
    times.push(/time=(\S+)/.exec(await ann.next(/ PRIVMSG /))?.[1] ?? "");
  };
  await say("one");
  chat.clock.jumpedMs = jumpMs;
  await say("two");
  chat.clock.jumpedMs = 0;
  await say("three");
  assertEquals(times, times.toSorted());
  const texts = (await ask(ann, "CHATHISTORY LATEST #tea * 9")).flatMap((line) =>
    / #tea (\w+)$/.exec(line)?.[1] ?? []
  );
  assertEquals(texts.filter((text) => text !== "tea"), ["one", "two", "three"]);
  const [newest = ""] = times.slice(-1);
  assertEquals(await ask(ann, `MARKREAD #tea timestamp=${newest}`), [
    `:chat.test MARKREAD #tea timestamp=${newest}`,
  ]);
  // Nobody can mark what nobody has said yet, also while the clock is wrong.
  const bob = await chat.peer("bob", { caps });
  await bob.join("#tea");
  await say("four");
  chat.clock.jumpedMs = hourMs;
  const future = new Date(startsAt + hourMs).toISOString();
  const limit = new Date(stampMs(chat.state.lastStamp)).toISOString();
  await bob.lines();
  assertEquals(await ask(bob, `MARKREAD #tea timestamp=${future}`), [
    `:chat.test MARKREAD #tea timestamp=${limit}`,
  ]);
  // A line of the server itself is not older than the messages before it.
  chat.clock.jumpedMs = -hourMs;
  bob.send("TIME");
  assertEquals((/time=(\S+)/.exec(await bob.next(/ 391 /))?.[1] ?? "") >= limit, true);
}

async function lingers(chat: Chat, jumpMs: number): Promise<void> {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  await ann[Symbol.asyncDispose]();
  while (chat.state.find("ann")?.lingering === undefined) await bob.lines();
  chat.clock.jumpedMs = jumpMs;
  chat.clock.nowMs += 59_000;
  chat.hub.sweep();
  assertEquals(chat.state.find("ann")?.nick, "ann");
  chat.clock.nowMs += 1000;
  chat.hub.sweep();
  assertEquals(chat.state.find("ann"), undefined);
}

async function throttles(chat: Chat, jumpMs: number): Promise<void> {
  const { accounts } = chat.state;
  const wrong = () => accounts.checkPassword("nobody", "wrong password", "10.1.1.1");
  assertEquals((await wrong()).kind, "wrong");
  chat.clock.jumpedMs = jumpMs;
  assertEquals((await wrong()).kind, "too many tries");
  chat.clock.nowMs += 600_000;
  assertEquals((await wrong()).kind, "wrong");
}
