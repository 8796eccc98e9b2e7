/** Password checks: limits of tries, no lock-out by others, and no difference between existing and unknown names. */
import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../../../lib/server/chat/accounts.ts";
import { settingRows, type Settings } from "../../../lib/server/settings/settings.ts";
import { HashQueue } from "../../../lib/server/chat/hash_queue.ts";
import { parseOptions } from "../../../lib/options.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";

const minute = 60_000;

interface Bench extends Disposable {
  readonly accounts: Accounts;
  readonly store: Store;
  pass(ms: number): void;
  /** How long tries waited until now. */
  readonly sleptMs: () => number;
  /** The outcomes of so many tries, without repetitions: "wrong", "too many tries". */
  tries(name: string, password: string, address: string, count: number): Promise<string[]>;
}

/** Accounts ann and bob, whose password is their name and "-secret". */
async function bench(changes: Partial<Settings> = {}): Promise<Bench> {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  const settings = { ...parsed.values, passwordRounds: 4096, loginTries: 3, ...changes };
  const store = openStore();
  let nowMs = 0;
  let sleptMs = 0;
  const sleep = (ms: number) => {
    sleptMs += ms;
    nowMs += ms;
    return Promise.resolve();
  };
  const accounts = new Accounts(store, settings, () => nowMs, () => {}, sleep);
  for (const name of ["ann", "bob"]) {
    const verifier = await accounts.newVerifier(`${name}-secret`, "::1");
    store.accounts.save({ name, verifier, role: "", suspended: undefined, createdMs: 0 });
  }
  return {
    accounts,
    store,
    pass: (ms) => nowMs += ms,
    sleptMs: () => sleptMs,
    async tries(name, password, address, count) {
      const kinds: string[] = [];
      for (let i = 0; i < count; i++) {
        kinds.push((await accounts.checkPassword(name, password, address)).kind);
      }
      return kinds.filter((kind, at) => kind !== kinds[at - 1]);
    },
    [Symbol.dispose]: () => store.close(),
  };
}

Deno.test("an address can guess a few times, and again after some time", async () => {
  using at = await bench();
  assertEquals(await at.tries("ann", "guess", "203.0.113.9", 4), ["wrong", "too many tries"]);
  assertEquals(await at.tries("bob", "bob-secret", "203.0.113.9", 1), ["too many tries"]);
  assertEquals(await at.tries("bob", "bob-secret", "203.0.113.8", 1), ["right"]);
  at.pass(4 * minute);
  assertEquals(await at.tries("ann", "ann-secret", "203.0.113.9", 9), ["right"]);
});

Deno.test("an IPv6 network is one address", async () => {
  using at = await bench();
  assertEquals(await at.tries("ann", "guess", "2001:db8::1", 3), ["wrong"]);
  assertEquals(await at.tries("ann", "guess", "2001:db8::2", 1), ["too many tries"]);
  assertEquals(await at.tries("ann", "guess", "2001:db8:0:1::2", 1), ["wrong"]);
});

Deno.test("guesses from many addresses wait longer each time, and lock nobody out", async () => {
  using at = await bench();
  assertEquals(await at.tries("ann", "ann-secret", "203.0.113.1", 1), ["right"]);
  for (let i = 10; i < 16; i++) assertEquals(await at.tries("ann", "guess", `203.0.113.${i}`, 1), ["wrong"]);
  assertEquals(at.sleptMs(), 0);
  for (let i = 16; i < 40; i++) assertEquals(await at.tries("ann", "guess", `203.0.113.${i}`, 1), ["wrong"]);
  const waited = at.sleptMs();
  assert(waited > 8 * minute, `24 guesses waited ${waited} ms`);
  // A known address and another account do not wait; an unknown address waits once.
  assertEquals(await at.tries("ann", "ann-secret", "203.0.113.1", 1), ["right"]);
  assertEquals(await at.tries("bob", "bob-secret", "203.0.113.30", 1), ["right"]);
  assertEquals(at.sleptMs(), waited);
  assertEquals(await at.tries("ann", "ann-secret", "203.0.113.99", 1), ["right"]);
  assertEquals(at.sleptMs(), waited + minute / 2);
});

Deno.test("wrong passwords on this machine do not lock the right one out", async () => {
  using at = await bench({ loginTries: 10 });
  assertEquals(await at.tries("ann", "guess", "127.0.0.1", 40), ["wrong"]);
  const waited = at.sleptMs();
  assertEquals(await at.tries("bob", "bob-secret", "127.0.0.1", 1), ["right"]);
  assertEquals(at.sleptMs(), waited);
  assertEquals(await at.tries("ann", "ann-secret", "127.0.0.1", 1), ["right"]);
  assertEquals(at.sleptMs(), waited + minute / 2);
});

Deno.test("somebody behind the same proxy cannot lock out a person who logged in from there", async () => {
  using at = await bench();
  assertEquals(await at.tries("ann", "ann-secret", "203.0.113.1", 1), ["right"]);
  assertEquals(await at.tries("bob", "guess", "203.0.113.1", 4), ["wrong", "too many tries"]);
  assertEquals(await at.tries("ann", "guess", "203.0.113.1", 20), ["wrong"]);
  assertEquals(await at.tries("ann", "ann-secret", "203.0.113.1", 1), ["right"]);
});

Deno.test("an attacker has 120 guesses an hour for one account, from any number of addresses", async () => {
  using at = await bench({ loginTries: 10 });
  for (let i = 0; i < 30; i++) await at.accounts.checkPassword("ann", "guess", `10.0.0.${i}`);
  const [start, guesses] = [at.sleptMs(), 60];
  for (let i = 0; i < guesses; i++) await at.accounts.checkPassword("ann", "guess", `10.0.1.${i}`);
  assertEquals((at.sleptMs() - start) / guesses, minute / 2);
});

Deno.test("after a burst of parallel guesses the newest try comes first", async () => {
  using at = await bench();
  const burst = Array.from({ length: 40 }, () => at.accounts.checkPassword("ann", "guess", "127.0.0.1"));
  const right = await at.accounts.checkPassword("ann", "ann-secret", "127.0.0.1");
  assertEquals(right.kind, "right");
  assert(at.sleptMs() <= minute / 2, `waited ${at.sleptMs()} ms`);
  const kinds = (await Promise.all(burst)).map(({ kind }) => kind);
  assertEquals([...new Set(kinds)].sort(), ["too many tries", "wrong"]);
});

Deno.test("parallel guesses are limited like guesses one after another", async () => {
  using at = await bench();
  const all = await Promise.all(
    Array.from({ length: 20 }, () => at.accounts.checkPassword("ann", "guess", "203.0.113.9")),
  );
  assertEquals(all.filter(({ kind }) => kind === "wrong").length, 3);
});

Deno.test("right passwords do not use up tries", async () => {
  using at = await bench();
  const all = await Promise.all(
    Array.from({ length: 20 }, () => at.accounts.checkPassword("ann", "ann-secret", "203.0.113.9")),
  );
  assertEquals([...new Set(all.map(({ kind }) => kind))], ["right"]);
});

Deno.test("a removed account does not exist any more, but its name stays taken", async () => {
  using at = await bench();
  const row = at.accounts.find("ann");
  assert(row !== undefined);
  at.store.accounts.save({ ...row, verifier: "" });
  assertEquals(at.accounts.find("ann"), undefined);
  assert(at.accounts.isTaken("ANN"));
  assert(!at.accounts.canUse("ann", undefined));
  for (const password of ["ann-secret", ""]) {
    assertEquals(await at.tries("ann", password, "203.0.113.9", 1), ["wrong"]);
  }
});

Deno.test("an unknown name takes the same time as a wrong password", async () => {
  using at = await bench({ passwordRounds: 150_000, loginTries: 1000 });
  const fastest = new Map([["ann", Infinity], ["nobody", Infinity]]);
  // One after the other, and the fastest of each, because other work of the machine slows both.
  for (let round = 0; round < 8; round++) {
    for (const [name, before] of fastest) {
      const start = performance.now();
      await at.accounts.checkPassword(name, "guess", "203.0.113.9");
      fastest.set(name, Math.min(before, performance.now() - start));
    }
  }
  const [known = 0, unknown = 0] = fastest.values();
  assert(unknown > known / 2 && unknown < known * 2, `${known} ms and ${unknown} ms`);
});

Deno.test("an unknown name has the same salt each time, and the usual number of rounds", async () => {
  using at = await bench();
  const [one, again, other, known] = await Promise.all(
    ["nobody", "Nobody", "noone", "ann"].map((name) => at.accounts.verifierOf(name)),
  );
  assertEquals(one?.salt, again?.salt);
  assert(one?.salt.toHex() !== other?.salt.toHex());
  assertEquals([one?.iterations, one?.salt.length], [known?.iterations, known?.salt.length]);
});

Deno.test("unknown names have the numbers of rounds that accounts have, in the same proportion", async () => {
  using at = await bench({ passwordRounds: 8192 });
  const names = Array.from({ length: 400 }, (_, index) => `nobody${index}`);
  const roundsOf = async () =>
    await Promise.all(names.map(async (name) => (await at.accounts.verifierOf(name)).iterations));
  assertEquals(new Set(await roundsOf()), new Set([8192]));
  const older = at.accounts.find("ann");
  assert(older !== undefined);
  at.store.accounts.save({ ...older, verifier: older.verifier.replace("$8192:", "$20000:") });
  at.pass(10 * minute);
  const rounds = await roundsOf();
  const share = rounds.filter((count) => count === 20_000).length / rounds.length;
  assert(share > 0.4 && share < 0.6, `a share of ${share}`);
  assertEquals(await roundsOf(), rounds);
});

Deno.test("passwords are hashed one by one for a key, and a few at a time in total", async () => {
  const turns = new HashQueue(2);
  let running = 0;
  let most = 0;
  const order: string[] = [];
  const work = (name: string) => async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    await Promise.resolve();
    order.push(name);
    running--;
    if (name === "a2") throw new RangeError("This one fails");
    return name;
  };
  const results = await Promise.allSettled(
    ["a1", "b1", "a2", "c1", "a3", "c2"].map((name) => turns.run(name.charAt(0), work(name))),
  );
  assertEquals(results.map(({ status }) => status === "fulfilled"), [true, true, false, true, true, true]);
  assertEquals(most, 2);
  assertEquals(order.filter((name) => name.startsWith("a")), ["a1", "a2", "a3"]);
});
