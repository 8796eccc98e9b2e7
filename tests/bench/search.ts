/**
 * The cost of the search index, on the disk of the temporary folder:
 *
 *     deno run -A tests/bench/search.ts [MESSAGES]
 *
 * Building: CPU time per message of twelve words, and the size beside the history. Searching: CPU time of each search,
 * and of its longest step, which is how long the chat waits.
 */
// deno-lint-ignore-file no-console
import process from "node:process";
import { openStore, type Store } from "../../lib/server/store/store.ts";

const messages = Number(Deno.args[0] ?? 100_000);
const perTick = 20;
const common =
  "the of and to in is you that it he was for on are as with his they at be this have from or one had by"
    .split(" ");
const folder = Deno.makeTempDirSync({ prefix: "parley-bench-search-" });

try {
  using store = openStore({ folder, synchronous: "off" });
  for (let at = 0; at < messages; at++) {
    say(store, at);
    if (at % perTick === 0) store.commit();
  }
  building(store);
  searching(store);
} finally {
  Deno.removeSync(folder, { recursive: true });
}

function say(store: Store, at: number): void {
  const nick = `ann${at % 50}`;
  const words = Array.from({ length: 12 }, (_, place) => {
    const number = (at * 7919 + place * 104_729) % 65_537;
    return place % 4 === 3 ? `w${number.toString(36)}` : common[number % common.length];
  });
  const text = `${words.join(" ")}${at % 97 === 0 ? " C++ café" : ""}.`;
  const record = `@account=${nick} :${nick}!~x@host PRIVMSG #tea :${text}`;
  store.history.append(store.conversations.channel("#tea", "#tea"), 0, (at + 1) * 1024 * 1000, record);
}

function building(store: Store): void {
  store.commit();
  store.database.scrub();
  const before = Deno.statSync(`${folder}/parley.db`).size;
  const startMs = cpuMs();
  for (let more = true; more;) {
    store.database.attempt(() => more = store.index.advance(performance.now() + 4));
    store.commit();
  }
  const usedMs = cpuMs() - startMs;
  store.database.scrub();
  const size = Deno.statSync(`${folder}/parley.db`).size - before;
  console.log(
    `${messages} messages: ${(usedMs / messages * 1000).toFixed(1)} µs and ${
      (size / messages).toFixed(0)
    } bytes each, beside ${(before / messages).toFixed(0)} bytes of history\n`,
  );
}

function searching(store: Store): void {
  console.log("search                 hits   CPU ms   longest step");
  const texts = [
    "the",
    "th",
    "t",
    "wabc",
    "absent",
    "C++",
    "the+",
    '"the of"',
    common.join(" ").slice(0, 60),
  ];
  for (const text of texts) {
    show(text, store.index.searchInSteps({ logs: [2], text, limit: 50, from: "end" }));
  }
  const refused = { logs: [2], text: "th", limit: 50, from: "end", isVisible: () => false } as const;
  show("th, none visible", store.index.searchInSteps(refused));
}

function show(name: string, steps: Generator<void, readonly unknown[]>): void {
  const startMs = cpuMs();
  let longestMs = 0;
  for (;;) {
    const stepMs = cpuMs();
    const step = steps.next();
    longestMs = Math.max(longestMs, cpuMs() - stepMs);
    if (!step.done) continue;
    console.log(
      name.slice(0, 20).padEnd(20),
      String(step.value.length).padStart(6),
      (cpuMs() - startMs).toFixed(1).padStart(8),
      longestMs.toFixed(1).padStart(14),
    );
    return;
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
