/**
 * The cost of history alone, on the disk of the temporary folder:
 *
 *     deno run -A tests/bench/history.ts [MESSAGES]
 *
 * Saving: CPU time per message, with this number of messages of 100 bytes to one channel in each tick. Inside a busy
 * server, with cold caches, a commit costs two to three times as much; bench.ts measures that
 * (`--ephemeral` and `--data`). Reading: pages out of a channel of a million messages, each of which came alone, the most expensive layout.
 */
// deno-lint-ignore-file no-console
import process from "node:process";
import { openStore, type Store } from "../../lib/server/store/store.ts";

const messages = Number(Deno.args[0] ?? 1_000_000);
const text = "x".repeat(100);
const folder = Deno.makeTempDirSync({ prefix: "parley-bench-history-" });
let stamp = Date.now() * 1024;

try {
  saving();
  reading();
} finally {
  Deno.removeSync(folder, { recursive: true });
}

function saving(): void {
  console.log("messages a tick   CPU µs each   µs a tick");
  for (const perTick of [1, 8, 43, 128]) {
    using store = openStore({ folder: `${folder}/saving-${perTick}` });
    const ticks = 4000;
    const before = process.cpuUsage();
    for (let tick = 0; tick < ticks; tick++) say(store, perTick);
    const { user, system } = process.cpuUsage(before);
    const each = (user + system) / ticks / perTick;
    console.log(
      `${perTick}`.padStart(15),
      each.toFixed(2).padStart(13),
      (each * perTick).toFixed(0).padStart(11),
    );
  }
}

function reading(): void {
  const place = `${folder}/reading`;
  {
    using store = openStore({ folder: place, synchronous: "off" });
    // A commit for each would take a minute; settle() makes a block for each in one transaction.
    for (let count = 0; count < messages; count++) {
      keep(store);
      store.database.insertPending();
      if (count % 1000 === 0) store.commit();
    }
  }
  console.log(
    `\n${messages} messages, ${(Deno.statSync(`${place}/parley.db`).size / messages).toFixed(0)} bytes each`,
  );
  const middle = stamp - Math.floor(messages / 2) * 100;
  for (
    const [words, range] of [
      ["LATEST 50, first after the start", { limit: 50, from: "end", events: true }],
      ["LATEST 50", { limit: 50, from: "end", events: true }],
      ["BEFORE the middle, 50", { before: middle, limit: 50, from: "end", events: true }],
      ["AFTER the middle, 100", { after: middle, limit: 100, from: "start", events: true }],
    ] as const
  ) {
    const times: number[] = [];
    using store = openStore({ folder: place });
    const { id: conversation = 0 } = store.conversations.find("#tea") ?? {};
    for (let round = 0; round < (words.includes("first") ? 1 : 200); round++) {
      const begin = performance.now();
      store.history.read([{ conversation, since: 0 }], range);
      times.push(performance.now() - begin);
    }
    times.sort((one, other) => one - other);
    console.log(`${(times[times.length >> 1] ?? 0).toFixed(3).padStart(8)} ms  ${words}`);
  }
}

function say(store: Store, count: number): void {
  for (let each = 0; each < count; each++) keep(store);
  store.commit();
}

function keep(store: Store): void {
  const conversation = store.conversations.channel("#tea", "#tea");
  store.history.append(conversation, 0, stamp += 100, `:ann!~ann@ann.localhost PRIVMSG #tea :${text}`);
}
