import { assertEquals } from "@std/assert";
import type { StoredRecord } from "../../../lib/server/store/block.ts";
import type { Side, Stream } from "../../../lib/server/store/conversation.ts";
import type { HistoryRange } from "../../../lib/server/store/history_reader.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";

Deno.test("history returns messages in order", () => {
  using store = openStore();
  say(store, "#tea", 10, 20, 30);
  assertEquals(read(store, "#tea"), [10, 20, 30]);
});

Deno.test("history has a record before and after the end of the tick", () => {
  using store = openStore();
  say(store, "#tea", 10);
  assertEquals(read(store, "#tea"), [10]);
  say(store, "#tea", 20);
  store.commit();
  say(store, "#tea", 30);
  assertEquals(read(store, "#tea"), [10, 20, 30]);
});

const ranges:
  readonly (readonly [words: string, range: Partial<HistoryRange>, expected: readonly number[]])[] = [
    ["the newest", { limit: 3 }, [70, 80, 90]],
    ["the oldest", { limit: 3, from: "start" }, [10, 20, 30]],
    ["those before a record", { before: 50 }, [10, 20, 30, 40]],
    ["the last of those before", { before: 50, limit: 2 }, [30, 40]],
    ["those after a record", { after: 50 }, [60, 70, 80, 90]],
    ["the first of those after", { after: 50, limit: 2, from: "start" }, [60, 70]],
    ["the newest of those after", { after: 50, limit: 2 }, [80, 90]],
    ["those between, first ones", { after: 20, before: 80, limit: 3, from: "start" }, [30, 40, 50]],
    ["those between, last ones", { after: 20, before: 80, limit: 3 }, [50, 60, 70]],
    ["those between bounds that name no record", { after: 15, before: 45 }, [20, 30, 40]],
    ["nothing between neighbours", { after: 20, before: 30 }, []],
    ["nothing before the first", { before: 10 }, []],
    ["nothing after the last", { after: 90, from: "start" }, []],
  ];

for (const layout of ["one block", "a block each", "blocks of three"] as const) {
  Deno.test(`history finds every kind of range in ${layout}`, () => {
    using store = openStore();
    for (let at = 1; at <= 9; at++) {
      say(store, "#tea", at * 10);
      say(store, "#den", at * 10 + 1);
      if (layout === "a block each" || (layout === "blocks of three" && at % 3 === 0)) store.commit();
    }
    store.commit();
    for (const [words, range, expected] of ranges) {
      assertEquals(read(store, "#tea", range), [...expected], `${words} in ${layout}`);
    }
  });
}

Deno.test("history reads over hundreds of blocks, in both directions", () => {
  using store = openStore();
  const stamps = Array.from({ length: 700 }, (_, at) => at + 1);
  for (const stamp of stamps) {
    say(store, "#tea", stamp);
    if (stamp % 2 === 0) store.commit();
  }
  assertEquals(read(store, "#tea", { limit: 600 }), stamps.slice(100));
  assertEquals(read(store, "#tea", { limit: 600, from: "start", after: 50 }), stamps.slice(50, 650));
});

Deno.test("history includes events on request, in order between the messages", () => {
  using store = openStore();
  say(store, "#tea", 10);
  keep(store, "#tea", 1, 15);
  say(store, "#tea", 20);
  keep(store, "#tea", 1, 25);
  assertEquals(read(store, "#tea", { events: false }), [10, 20]);
  assertEquals(read(store, "#tea"), [10, 15, 20, 25]);
  assertEquals(read(store, "#tea", { limit: 2 }), [20, 25]);
  assertEquals(read(store, "#tea", { limit: 2, from: "start" }), [10, 15]);
});

Deno.test("history hides records before the start of a view", () => {
  using store = openStore();
  say(store, "#tea", 10, 20, 30);
  const { id } = store.conversations.find("#tea") ?? { id: 0 };
  const range = { limit: 9, from: "start", events: true } as const;
  assertEquals(store.history.read([{ conversation: id, since: 20 }], range).map(({ stamp }) => stamp), [
    20,
    30,
  ]);
});

Deno.test("history joins several conversations in the order of their stamps", () => {
  using store = openStore();
  say(store, "#tea", 10, 30);
  say(store, "#den", 20, 40);
  const views = ["#tea", "#den"].map((key) => ({
    conversation: store.conversations.find(key)?.id ?? 0,
    since: 0,
  }));
  const stamps = (from: "start" | "end") =>
    store.history.read(views, { limit: 3, from, events: false }).map(({ stamp }) => stamp);
  assertEquals(stamps("start"), [10, 20, 30]);
  assertEquals(stamps("end"), [20, 30, 40]);
});

for (const from of ["start", "end"] as const) {
  Deno.test(`only visible records count, also beyond a step of the read, from the ${from}`, async () => {
    using store = openStore();
    const expected: number[] = [];
    for (let stamp = 1; stamp <= 30_000; stamp++) {
      const isVisible = stamp % 6000 < 3;
      if (isVisible) expected.push(stamp);
      const text = isVisible ? "seen" : "hidden";
      store.history.append(
        store.conversations.channel(["#tea", "#den"][stamp % 2] ?? "", ""),
        0,
        stamp,
        text,
      );
    }
    const views = ["#tea", "#den"].map((key) => ({
      conversation: store.conversations.find(key)?.id ?? 0,
      since: 0,
    }));
    const isVisible = ({ record }: StoredRecord) => record === "seen";
    for (const limit of [1, 4, 7, 100]) {
      const range = { limit, from, events: false, isVisible };
      const wanted = from === "start" ? expected.slice(0, limit) : expected.slice(-limit);
      assertEquals(store.history.read(views, range).map(({ stamp }) => stamp), wanted);
      assertEquals((await store.history.readInSteps(views, range)).map(({ stamp }) => stamp), wanted);
    }
    const range = { limit: 3, from, events: false, isVisible, after: 5999, before: 24_000 };
    const between = expected.filter((stamp) => stamp > 5999 && stamp < 24_000);
    assertEquals(
      store.history.read(views, range).map(({ stamp }) => stamp),
      from === "start" ? between.slice(0, 3) : between.slice(-3),
    );
  });
}

Deno.test("the chat continues during a read of many records that are not visible", async () => {
  using store = openStore();
  for (let stamp = 1; stamp <= 20_000; stamp++) say(store, "#tea", stamp);
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const view = { conversation: store.conversations.find("#tea")?.id ?? 0, since: 0 };
  await store.history.readInSteps([view], { limit: 9, from: "end", events: false, isVisible: () => false });
  clearInterval(timer);
  assertEquals(turns > 1, true);
});

Deno.test("a private conversation is the same from both sides", () => {
  using store = openStore();
  const ann = { identity: "ann", name: "Ann", nick: "annie" };
  const bob = { identity: "~!1", name: "bob", nick: "bob" };
  store.history.append(store.conversations.between(ann, bob), 0, 10, "one");
  store.history.append(store.conversations.between(bob, ann), 0, 20, "other");
  const [conversation, ...others] = store.conversations.privateOf("ann");
  assertEquals(others, []);
  assertEquals(conversation?.with, bob);
  assertEquals(store.conversations.privateOf("~!1")[0]?.with, ann);
  assertEquals(store.conversations.idsBetween("~!1", "ann"), [conversation?.id]);
});

Deno.test("a person is found by the nick it had last, also in messages of this tick", () => {
  using store = openStore();
  const { conversations, history } = store;
  const ann = { identity: "ann", name: "Ann", nick: "Ann" };
  const bob = { identity: "~!1", name: "bob", nick: "bob" };
  history.append(conversations.between(ann, bob), 0, 10, "one");
  conversations.rename({ ...bob, nick: "Robert" });
  conversations.rename({ identity: "~!9", name: "nobody", nick: "nobody" });
  assertEquals([conversations.knownAs("bob", "ann"), conversations.knownAs("robert", "ann")], [[], ["~!1"]]);
  assertEquals(conversations.privateOf("ann")[0]?.with.nick, "Robert");
  assertEquals(conversations.formerlyKnownAs("bob", "ann"), ["~!1"]);
  for (let at = 1; at <= 25; at++) conversations.rename({ ...bob, nick: `bob${at}` });
  conversations.rename({ ...bob, nick: "Robert" });
  const former = Array.from(
    { length: 25 },
    (_, at) => conversations.formerlyKnownAs(`bob${at + 1}`, "ann").length,
  );
  assertEquals([former.indexOf(1), former.lastIndexOf(0), conversations.formerlyKnownAs("bob", "ann")], [
    5,
    4,
    [],
  ]);
  history.append(conversations.between(ann, { identity: "~!2", name: "Robert" }), 0, 20, "two");
  assertEquals(conversations.knownAs("robert", "ann"), ["~!2", "~!1"]);
});

Deno.test("a person is found by a nick that a thousand others had later", () => {
  using store = openStore();
  const { conversations, history } = store;
  const [ann, bob] = ["ann", "bob"].map((name) => ({ identity: name, name }));
  if (ann === undefined || bob === undefined) return;
  const guest = (at: number) => ({ identity: `~!${at}`, name: "guest" });
  history.append(conversations.between(ann, guest(0)), 0, 1, "one");
  for (let at = 1; at <= 1000; at++) {
    history.append(conversations.between(bob, guest(at)), 0, at + 1, "other");
  }
  assertEquals(conversations.knownAs("guest", "ann"), ["~!0"]);
  assertEquals(conversations.knownAs("guest", "bob").length, 1000);
  for (let at = 0; at <= 1000; at++) conversations.rename({ ...guest(at), nick: `cat${at}` });
  assertEquals(conversations.formerlyKnownAs("guest", "ann"), ["~!0"]);
  assertEquals(conversations.knownAs("guest", "ann"), []);
});

Deno.test("an account gets the conversations of a guest, also with itself, beside its own", () => {
  using store = openStore();
  const { conversations, history } = store;
  const [ann, bob, guest] = ["ann", "bob", "~!1"].map((identity) => ({ identity, name: identity }));
  if (ann === undefined || bob === undefined || guest === undefined) return;
  let stamp = 0;
  const say = (one: Side, other: Side) =>
    history.append(conversations.between(one, other), 0, ++stamp, `${stamp}`);
  const said = (one: string, other: string) => {
    const views = conversations.idsBetween(one, other).map((conversation) => ({ conversation, since: 0 }));
    return history.read(views, { limit: 99, from: "start", events: false }).map((one) => one.stamp);
  };
  say(ann, bob);
  say(guest, bob);
  say(guest, guest);
  say(guest, ann);
  assertEquals(conversations.adopt("~!1", ann).sort(), ["ann", "bob", "~!1"]);
  assertEquals([said("ann", "bob"), said("bob", "ann"), said("ann", "ann")], [[1, 2], [1, 2], [3, 4]]);
  assertEquals([said("~!1", "bob"), conversations.privateOf("~!1")], [[], []]);
  say(bob, ann);
  assertEquals([said("ann", "bob"), said("bob", "~!1")], [[1, 2, 5], []]);
  assertEquals(conversations.adopt("~!2", ann), []);
});

Deno.test("messages to oneself are a conversation with oneself", () => {
  using store = openStore();
  const ann = { identity: "ann", name: "Ann", nick: "Ann" };
  store.history.append(store.conversations.between(ann, ann), 0, 10, "note");
  assertEquals(store.conversations.privateOf("ann").map((one) => one.with), [ann]);
});

Deno.test("a closed channel that is created again starts without history; an open channel has its history again", () => {
  using store = openStore();
  for (const [name, closed] of [["#tea", false], ["#den", true]] as const) {
    say(store, name, 10);
    const conversation = store.conversations.channel(name, name);
    store.closed.setClosed(conversation, closed);
    store.commit();
    store.closed.reopen(conversation, 20);
  }
  assertEquals(store.conversations.find("#tea")?.since, 0);
  assertEquals(store.conversations.find("#den")?.since, 20);
});

Deno.test("a closed channel that is created again before its first record is saved starts without history too", () => {
  using store = openStore();
  const conversation = store.conversations.channel("#tea", "#tea");
  say(store, "#tea", 10);
  store.closed.setClosed(conversation, true);
  store.closed.reopen(conversation, 20);
  assertEquals(store.conversations.find("#tea")?.since, 20);
});

Deno.test("the newest stamp is the last one of the last tick, for any order of its logs", () => {
  using store = openStore();
  assertEquals(store.history.newestStamp, 0);
  say(store, "#tea", 10);
  say(store, "#den", 20);
  say(store, "#tea", 30);
  store.commit();
  assertEquals(store.history.newestStamp, 30);
});

/** Appends a message for each stamp. */
export function say(store: Store, channel: string, ...stamps: number[]): void {
  for (const stamp of stamps) keep(store, channel, 0, stamp);
}

function keep(store: Store, channel: string, stream: Stream, stamp: number): void {
  const record = `:ann!~ann@host PRIVMSG ${channel} :number ${stamp}`;
  store.history.append(store.conversations.channel(channel, channel), stream, stamp, record);
}

/** The stamps in a range; by default all of them. */
export function read(store: Store, channel: string, range: Partial<HistoryRange> = {}): number[] {
  const found = store.conversations.find(channel);
  if (found === undefined) return [];
  const view = { conversation: found.id, since: found.since };
  return store.history.read([view], { limit: 1000, from: "end", events: true, ...range }).map(({ stamp }) =>
    stamp
  );
}
