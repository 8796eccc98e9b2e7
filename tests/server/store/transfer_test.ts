/**
 * Transfer: one store becomes a copy of another, and erases the records that were deleted there while it was offline.
 */
import { assertEquals } from "@std/assert";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const onDisk = { ignore: !granted("read", "write") };
const isOwn = () => false;

Deno.test("a store that was offline erases messages that were deleted meanwhile, also old ones", () => {
  using here = openStore();
  using away = openStore();
  for (const stamp of [10, 20, 30]) tell(here, stamp, "ann", `word ${stamp}`);
  copy(here, away);
  const { id = 0 } = here.conversations.find("#tea") ?? {};
  const deletion = { stamp: 35, account: undefined, record: ":ann REDACT #tea k", reason: "spam" };
  here.eraser.redact([{ conversation: id, since: 0 }], 20, deletion);
  tell(here, 40, "bob", "word 40");
  copy(here, away);
  assertEquals(stamps(away), [10, 30, 40]);
  const theirs = [{ conversation: away.conversations.find("#tea")?.id ?? 0, since: 0 }];
  const range = { after: 30, before: 40, limit: 9, from: "start" } as const;
  assertEquals(away.deletions.read(theirs, range), [{ stamp: 35, record: ":ann REDACT #tea k :spam" }]);
});

Deno.test("a store that was offline erases the messages of accounts that were deleted meanwhile", () => {
  using here = openStore();
  using away = openStore();
  for (const name of ["ann", "bob"]) here.accounts.save(account(name, "v"));
  tell(here, 10, "ann", "mine");
  tell(here, 20, "bob", "yours");
  copy(here, away);
  here.accounts.save(account("ann", ""));
  here.eraser.scheduleErasure("ann", 25);
  runUpkeep(here);
  copy(here, away);
  runUpkeep(away);
  assertEquals(stamps(away), [20]);
});

Deno.test("a copy finds people by the nicks that they had before", () => {
  using here = openStore();
  using late = openStore();
  const [ann, bob] = [{ identity: "ann", name: "ann" }, { identity: "~!1", name: "bob" }];
  here.history.append(here.conversations.between(ann, bob), 0, 10, "@account=ann :ann PRIVMSG bob :hello");
  here.commit();
  here.conversations.rename({ ...bob, nick: "robert" });
  copy(here, late);
  assertEquals(late.conversations.knownAs("robert", "ann"), ["~!1"]);
  assertEquals(late.conversations.formerlyKnownAs("bob", "ann"), ["~!1"]);
});

Deno.test("a store that was offline learns which conversations of guests went to accounts meanwhile", () => {
  using here = openStore();
  using away = openStore();
  const side = (identity: string) => ({ identity, name: identity });
  const [ann, bob, cat] = [side("ann"), side("~!1"), side("~!2")];
  for (const [at, [one, other]] of ([[ann, bob], [bob, cat], [bob, bob]] as const).entries()) {
    here.history.append(here.conversations.between(one, other), 0, 10 + at, ":bob PRIVMSG you :hello");
  }
  here.commit();
  copy(here, away);
  here.conversations.adopt("~!1", { identity: "bob", name: "bob", nick: "bobby" });
  here.conversations.adopt("~!2", { identity: "cat", name: "cat" });
  here.history.append(here.conversations.between(ann, cat), 0, 30, ":ann PRIVMSG cat :later");
  here.commit();
  copy(here, away);
  for (const store of [here, away]) {
    assertEquals(store.conversations.privateOf("~!1"), []);
    const withBob = store.conversations.privateOf("bob").map((one) => one.with.identity).sort();
    assertEquals(withBob, ["ann", "bob", "cat"]);
    assertEquals(store.conversations.idsBetween("cat", "bob").length, 1);
    assertEquals(store.conversations.knownAs("bobby", "ann"), ["bob"]);
  }
});

Deno.test("a running deletion also runs in the copy", () => {
  using here = openStore();
  using late = openStore();
  here.accounts.save(account("ann", ""));
  tell(here, 10, "ann", "mine");
  here.eraser.scheduleErasure("ann", 25);
  copy(here, late);
  const stored = () => late.history.load(1)?.records.map(({ record }) => record.split(" ").at(-1));
  assertEquals([stamps(late), stored()], [[], [":mine"]]);
  runUpkeep(late);
  assertEquals([stamps(late), stored()], [[], [""]]);
});

Deno.test("closed channels of another store replace the own closed channels, also cached ones", () => {
  using store = openStore();
  const [tea, den] = ["#tea", "#den"].map((name) => store.conversations.channel(name, name));
  if (tea === undefined || den === undefined) return;
  for (const conversation of [tea, den]) {
    store.history.append(conversation, 0, 10, ":ann!~u@host PRIVMSG # :hi");
  }
  store.closed.setClosed(tea, true);
  store.closed.setClosed(den, false);
  store.transfer().replaceState(
    { ...store.transfer().state(() => false), doors: [["#den", "#den", 0, 1]] },
    20,
  );
  store.closed.reopen(tea, 20);
  store.closed.reopen(den, 20);
  assertEquals(store.conversations.find("#tea")?.since, 0);
  assertEquals(store.conversations.find("#den")?.since, 20);
});

Deno.test(
  "tables return to their previous content, and a crash before the end changes nothing",
  onDisk,
  () => {
    using place = temporaryFolder();
    {
      using store = openStore(place);
      store.accounts.save(account("ann", "old"));
      const before = store.transfer().state(isOwn);
      store.accounts.save(account("ann", "new"));
      store.accounts.save(account("bob", "v"));
      store.savedValues.save("word", "saved");
      store.database.holdCommits();
      store.transfer().restoreState(before, isOwn);
      tell(store, 10, "ann", "held");
      store.commit();
      assertEquals(store.accounts.all().map(({ verifier }) => verifier), ["old"]);
      assertEquals(store.savedValues.find("word"), undefined);
    }
    using again = openStore(place);
    assertEquals(again.accounts.all().map(({ verifier }) => verifier), ["new", "v"]);
    assertEquals(again.savedValues.find("word"), "saved");
    assertEquals(stamps(again), []);
  },
);

Deno.test("rows written during holdCommits() are saved by releaseCommits()", onDisk, () => {
  using place = temporaryFolder();
  {
    using store = openStore(place);
    store.database.holdCommits();
    tell(store, 10, "ann", "held");
    assertEquals(store.commit(), false);
    assertEquals(stamps(store), [10]);
    assertEquals(store.database.releaseCommits(), true);
  }
  using again = openStore(place);
  assertEquals(stamps(again), [10]);
});

Deno.test("a copy of a copy has all messages, although its reader was offline meanwhile", () => {
  using first = openStore();
  using second = openStore();
  using third = openStore();
  const minute = 60_000 * 1024;
  for (let at = 1; at <= 100; at++) {
    tell(first, at * minute, "ann", `word ${at}`);
    first.commit();
    if (at === 49) copy(first, third, 100 * minute);
  }
  copy(first, second, 100 * minute);
  copy(second, third, 100 * minute);
  assertEquals(stamps(third).length, 100);
});

Deno.test("a machine that never had a message passes on its deletion", () => {
  using first = openStore();
  using second = openStore();
  using away = openStore();
  tell(first, 10, "ann", "secret");
  tell(first, 20, "ann", "tea");
  copy(first, away);
  const { id = 0 } = first.conversations.find("#tea") ?? {};
  first.eraser.redact([{ conversation: id, since: 0 }], 10);
  copy(first, second);
  copy(second, away);
  assertEquals(stamps(away), [20]);
});

Deno.test("a page ends where no earlier record follows, for any order of a tick's blocks", () => {
  using store = openStore();
  for (let at = 0; at < 499; at++) {
    tell(store, at * 10 + 1, "ann", "one", `#c${at}`);
    store.commit();
  }
  tell(store, 6000, "ann", "early", "#y");
  tell(store, 6010, "ann", "short", "#x");
  tell(store, 6020, "ann", "late", "#y");
  store.commit();
  tell(store, 7000, "ann", "next");
  store.commit();
  const { blocks } = store.transfer().page({ after: 0 });
  const newest = Math.max(...blocks.flatMap(({ records }) => records.map(({ stamp }) => stamp)));
  const has = new Set(blocks.flatMap(({ records }) => records.map(({ stamp }) => stamp)));
  assertEquals([6000, 6010, 6020].filter((stamp) => stamp <= newest && !has.has(stamp)), []);
});

/** The steps of a machine that joins or returns. */
function copy(from: Store, to: Store, until = 100): void {
  const sent = { ...from.transfer().state(isOwn), adopted: from.transfer().adopted() };
  const state = JSON.parse(JSON.stringify(sent));
  const page = JSON.parse(JSON.stringify(from.transfer().page({ after: to.history.newestStamp })));
  to.transfer().replaceState(state, until);
  to.transfer().appendPage(page, until);
  to.transfer().applyAdopted(state);
  to.transfer().applyErasures(state);
  to.commit();
}

function account(name: string, verifier: string) {
  return { name, verifier, role: "", suspended: undefined, createdMs: 0 } as const;
}

function tell(store: Store, stamp: number, name: string, text: string, channel = "#tea"): void {
  const record = `@account=${name} :${name}!~u@host PRIVMSG ${channel} :${text}`;
  store.history.append(store.conversations.channel(channel, channel), 0, stamp, record);
}

function runUpkeep(store: Store): void {
  while (store.upkeepStep());
}

function stamps(store: Store): number[] {
  const { id = 0 } = store.conversations.find("#tea") ?? {};
  const range = { limit: 100, from: "start", events: true } as const;
  return store.history.read([{ conversation: id, since: 0 }], range).map(({ stamp }) => stamp);
}
