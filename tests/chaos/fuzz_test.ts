/**
 * Hostile clients against a whole hub, without sockets: random lines from a dictionary, and invariants after each burst.
 * PARLEY_FUZZ_SECONDS (default 2; `deno task chaos` takes 60) or PARLEY_FUZZ_LINES says how long it lasts, and
 * PARLEY_FUZZ_SEED repeats a run.
 */
import { assertEquals } from "@std/assert";
import { LocalBus } from "../../lib/server/cluster/local_bus.ts";
import { allCommands } from "../../lib/server/commands/all.ts";
import type { Event } from "../../lib/server/apply/event.ts";
import { ChatState } from "../../lib/server/chat/chat.ts";
import { Hub } from "../../lib/server/hub/hub.ts";
import { settingRows } from "../../lib/server/settings/settings.ts";
import { encodeLine } from "../../lib/net/encode.ts";
import { parseOptions } from "../../lib/options.ts";
import { openStore } from "../../lib/server/store/store.ts";
import { granted } from "../support/permissions.ts";
import { SlowSteps } from "../support/slow_steps.ts";
import { print } from "../support/print.ts";
import { MemoryConnection } from "../support/memory_connection.ts";
import { checkChat, checkSent } from "./invariants.ts";
import { Chance } from "./chance.ts";
import { fuzzLine } from "./fuzz_lines.ts";

const clients = 6;
/** Lines one client sends at once. */
const burst = 20;

Deno.test({ name: "no line of a client breaks the server", ignore: !granted("env"), fn: fuzz });

async function fuzz(): Promise<void> {
  const seconds = Number(Deno.env.get("PARLEY_FUZZ_SECONDS") ?? 2);
  const mostLines = Number(Deno.env.get("PARLEY_FUZZ_LINES") ?? Infinity);
  const seed = Number(Deno.env.get("PARLEY_FUZZ_SEED") ?? Date.now() % 1_000_000);
  const chance = new Chance(seed);
  const faults: string[] = [];
  const { hub, chat } = makeHub((text) => faults.push(text));
  const peers: Fuzzer[] = Array.from({ length: clients }, (_, at) => new Fuzzer(hub, at));
  const endMs = Deno.env.has("PARLEY_FUZZ_LINES") ? Infinity : Date.now() + seconds * 1000;
  const startRss = Deno.memoryUsage().rss;
  const startMs = performance.now();
  const steps = new SlowSteps();
  let sent = 0;
  while (Date.now() < endMs && sent < mostLines && faults.length === 0) {
    const peer = peers[chance.below(peers.length)];
    if (peer === undefined) continue;
    const lines = Array.from({ length: burst }, () => fuzzLine(chance));
    try {
      await steps.measure(() => peer.say(lines), () => lines.map((line) => line.slice(0, 200)).join("\n"));
      chat.store?.commit();
      checkChat(chat);
    } catch (error) {
      faults.push(`${error instanceof Error ? error.message : error}`, ...lines);
    }
    sent += lines.length;
  }
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const isLong = ["SECONDS", "LINES"].some((name) => Deno.env.has(`PARLEY_FUZZ_${name}`));
  if (isLong) {
    print(
      `${sent} lines in ${
        Math.round((performance.now() - startMs) / 1000)
      } s, seed ${seed}: ${steps.figures()} ` +
        `(${burst} lines each), RSS ${megabytes(startRss)}, then ${megabytes(Deno.memoryUsage().rss)}`,
    );
  }
  if (Deno.env.has("PARLEY_FUZZ_LINES")) print(steps.longest);
  hub.close("The test is over");
  await Promise.all(peers.map((peer) => peer.ended));
  chat.store?.close();
  assertEquals(faults, [], `seed ${seed}, after ${sent} lines`);
}

function makeHub(fault: (text: string) => void): { hub: Hub; chat: ChatState } {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  const store = openStore({ retention: { ageMs: 0, count: 200 } });
  const chat = new ChatState({
    settings: { ...parsed.values, flood: 0, name: "fuzz.test", loginTries: 1_000_000 },
    store,
    log: (level, text) => {
      if (level === "error") fault(text);
    },
  });
  return {
    chat,
    hub: new Hub({
      chat,
      commands: allCommands,
      bus: new LocalBus<Event>({ now: chat.now }),
      encode: encodeLine,
    }),
  };
}

/** One client; it connects again whenever the hub has closed its connection. */
class Fuzzer {
  ended: Promise<void> = Promise.resolve();
  readonly #hub: Hub;
  readonly #name: string;
  #connection: MemoryConnection | undefined;
  #failure: unknown;

  constructor(hub: Hub, at: number) {
    this.#hub = hub;
    this.#name = ["ann", "bob", "cat", "dan", "eve", "fay"][at] ?? `guest${at}`;
  }

  async say(lines: string[]): Promise<void> {
    if (this.#connection === undefined || this.#connection.ended !== undefined) await this.#connect();
    await this.#connection?.feed(lines);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #connect(): Promise<void> {
    await this.ended;
    const sent = (chunk: Uint8Array) => {
      try {
        checkSent(
          this.#hub.chat,
          [...this.#hub.chat.sessions.values()].find((one) => one.connection === connection),
          chunk,
        );
      } catch (error) {
        this.#failure ??= error;
      }
    };
    const connection = new MemoryConnection({ sent });
    this.#connection = connection;
    this.ended = this.#hub.attach(connection);
    await connection.feed([`NICK ${this.#name}`, `USER ${this.#name} 0 * :${this.#name}`, "JOIN #tea,#den"]);
  }
}
