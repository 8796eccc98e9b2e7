/** The bus of many machines with a real nats-server, without a hub: each event is committed once, in one order. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { BusFault } from "../../../lib/server/cluster/bus_fault.ts";
import { NatsBus } from "../../../lib/server/cluster/nats_bus.ts";
import type { Replica } from "../../../lib/server/cluster/replica.ts";
import { logConnectionErrors } from "../../../lib/server/start/unhandled_errors.ts";
import { Nats } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { hasProgram } from "../../support/programs.ts";

const ignore = !hasProgram("nats-server");

// The library of NATS can leave a socket whose read then fails; the program logs that, and without it the test ends.
logConnectionErrors(() => {});

/** A machine that records the applied events. A bug that its bus logs fails the test. */
class Machine implements AsyncDisposable {
  readonly bus: NatsBus<string>;
  readonly applied: string[] = [];
  readonly stamps: number[] = [];
  readonly #changes: boolean[] = [];
  readonly #logged: string[];
  /** So many of the next replacements by a snapshot fail at their end. */
  failures = 0;
  #changed = Promise.withResolvers<void>();

  private constructor(bus: NatsBus<string>, logged: string[]) {
    this.bus = bus;
    this.#logged = logged;
    bus.subscribe((event, stamp) => {
      this.applied.push(event);
      this.stamps.push(stamp);
    });
  }

  static async start(url: string, machine: string): Promise<Machine> {
    const refusal = (event: string, { kind }: BusFault) => new Error(`refused ${event} ${kind}`);
    const mustHappen = (event: string) => event.startsWith("left");
    const logged: string[] = [];
    const log = (_level: string, text: string) => void logged.push(text);
    const options = { url, machine, leaseMs: 60_000, refusal, mustHappen, now: Date.now, log };
    const made = new Machine(await NatsBus.connect(options), logged);
    await made.#enter();
    return made;
  }

  async #enter(): Promise<void> {
    const joined = await this.bus.join(this.bus.position.stream);
    if (joined !== undefined) this.applied.splice(0, this.applied.length, ...joined.state as string[]);
    await this.bus.start(joined?.position ?? this.bus.position, this.#replica());
  }

  /** Resolves when the bus has stopped accepting events, or accepts them again. */
  async until(isUp: boolean): Promise<void> {
    while (this.#changes.at(-1) !== isUp) await this.#changed.promise;
  }

  #replica(): Replica<string> {
    return {
      snapshot: () => this.applied,
      page: () => this.applied,
      onApplied: () => {},
      onPosition: () => {},
      machines: () => [],
      onHeartbeat: () => {},
      onUpChange: (isUp) => {
        this.#changes.push(isUp);
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
      },
      onNews: (sentence) => void this.#logged.push(sentence),
      replaceState: async () => {
        await this.#enter();
        if (this.failures-- > 0) throw new Error("The replacement failed");
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bus.close();
    const bugs = this.#logged.filter((text) => text.includes("Bug"));
    assertEquals(bugs, []);
  }
}

Deno.test({
  name: "a commit resolves once it is applied here, and all machines apply in one order with the same stamps",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    await using second = await Machine.start(nats.url, "b-");
    const commits = Array.from(
      { length: 200 },
      (_, at) => (at % 2 ? first : second).bus.commit(`e${at}`, ""),
    );
    await Promise.all(commits);
    await first.bus.commit("end", "");
    await second.bus.commit("end", "");
    await first.bus.commit("end", "");
    assertEquals(first.applied.slice(0, 202), second.applied.slice(0, 202));
    assertEquals(first.stamps.slice(0, 202), second.stamps.slice(0, 202));
    assertEquals(new Set(first.applied).size, 201);
  },
});

Deno.test({
  name: "an event that two machines commit under one id happens once, and both commits resolve",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    await using second = await Machine.start(nats.url, "b-");
    await Promise.all([first, second].map(({ bus }) => bus.commitAs("lost c", "c is lost", "")));
    await first.bus.commit("end", "");
    assertEquals(first.applied, ["c is lost", "end"]);
  },
});

Deno.test({
  name: "a snapshot that is larger than a NATS message arrives completely, also with small messages",
  ignore,
  async fn() {
    await using nats = await Nats.start({ config: "max_payload: 150K" });
    await using first = await Machine.start(nats.url, "a-");
    const large = Array.from({ length: 30 }, (_, at) => `${at} ${"🍵é".repeat(15_000)}`);
    for (const event of large) await first.bus.commit(event, "");
    await using second = await Machine.start(nats.url, "b-");
    assertEquals(second.applied, large);
  },
});

for (
  const [name, setup, sentence] of [
    [
      "a max_payload that is too small",
      { config: "max_payload: 16K" },
      /at most 16000 bytes, .* raise max_payload/,
    ],
    [
      "too little space",
      { jetStream: 'jetstream { store_dir: "DIR", max_file: 600M }' },
      /1 GiB .* max_file_store/,
    ],
    ["no JetStream", { jetStream: "" }, /start nats-server with -js/],
    [
      "no permission",
      {
        config:
          'authorization { ADMIN: { user: a, password: b, permissions: { publish: "x" } }, users: [$ADMIN] }',
      },
      /Permissions Violation .*the guide lists/,
    ],
  ] as const
) {
  Deno.test({
    name: `a machine does not start on a NATS with ${name}, and says what to do`,
    ignore,
    async fn() {
      await using nats = await Nats.start(setup);
      const url = nats.url.replace("//", "//a:b@");
      await assertRejects(() => Machine.start(url, "a-"), Error).then(({ message }) => {
        assertMatch(message, sentence);
      });
    },
  });
}

Deno.test({
  name: "an event that is larger than max_payload is refused with its size, and the next event happens",
  ignore,
  async fn() {
    await using nats = await Nats.start({ config: "max_payload: 64K" });
    await using first = await Machine.start(nats.url, "a-");
    const large = `${"x".repeat(66_000)}`;
    const { message } = await assertRejects(() => first.bus.commit(large, ""), Error);
    assertEquals(message, `refused ${large} too large`);
    await first.bus.commit("next", "");
    assertEquals(first.applied, ["next"]);
  },
});

Deno.test({
  name: "while NATS is down commits are refused, except events that must happen, which wait",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    await first.bus.commit("before", "");
    await nats.kill();
    await first.until(false);
    await assertRejects(() => first.bus.commit("meanwhile", ""), Error, "refused meanwhile unreachable");
    const left = first.bus.commit("left ann", "");
    await nats.again();
    await left;
    await first.until(true);
    await first.bus.commit("after", "");
    assertEquals(first.applied, ["before", "left ann", "after"]);
    const { storage, ...figures } = first.bus.figures;
    assertEquals(storage?.eventsMaxBytes, 1024 ** 3);
    assertEquals(figures, { isUp: true, lag: 0, inFlight: 0, reconnects: 1, clockAheadMs: 0 });
  },
});

Deno.test({
  name: "when NATS breaks again and again, every commit happens once or is refused",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    const left: Promise<void>[] = [];
    for (let round = 0; round < 4; round++) {
      await nats.kill();
      await first.until(false);
      left.push(first.bus.commit(`left ${round}`, ""));
      await nats.again();
      // Later in each round, so that the next break meets another moment of the resync.
      await new Promise((resolve) => setTimeout(resolve, round * 120));
    }
    await Promise.all(left);
    await first.until(true);
    await first.bus.commit("after", "");
    assertEquals(first.applied, ["left 0", "left 1", "left 2", "left 3", "after"]);
  },
});

Deno.test({
  name: "when NATS lost its data, machines take a snapshot again and are one chat",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    await using second = await Machine.start(nats.url, "b-");
    await first.bus.commit("before", "");
    await second.bus.commit("both", "");
    await nats.kill();
    await Promise.all([first.until(false), second.until(false)]);
    await nats.again({ isEmpty: true });
    await Promise.all([first.until(true), second.until(true)]);
    await first.bus.commit("after", "");
    await second.bus.commit("end", "");
    await first.bus.commit("last", "");
    await second.bus.commit("last", "");
    for (const { applied } of [first, second]) {
      assertEquals(applied.slice(0, 4), ["before", "both", "after", "end"]);
    }
    assertEquals(first.bus.position.stream, second.bus.position.stream);
    await using third = await Machine.start(nats.url, "c-");
    assert(third.applied.includes("before"));
  },
});

Deno.test({
  name: "a bus that is closed refuses every event",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    await first.bus.close();
    await assertRejects(() => first.bus.commit("left ann", ""), Error, "refused left ann");
    assertEquals(first.bus.figures.isUp, false);
  },
});

Deno.test({
  name: "a machine whose new snapshot fails takes another snapshot, and can then give its own to others",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    await first.bus.commit("before", "");
    first.failures = 2;
    await nats.kill();
    await first.until(false);
    await nats.again({ isEmpty: true });
    await first.until(true);
    assertEquals(first.failures, -1);
    await using second = await Machine.start(nats.url, "b-");
    assertEquals(second.applied, ["before"]);
  },
});

Deno.test({
  name: "a machine whose password NATS refuses from now on says so, and continues when NATS accepts it again",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using machine = await Machine.start(nats.url, "a-");
    await nats.kill();
    await nats.again({ config: "authorization { user: a, password: b }" });
    await machine.until(false);
    while (
      !machine.bus.figures.problem?.startsWith("NATS refuses the connection (Authorization Violation)")
    ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await nats.kill();
    await nats.again();
    await machine.until(true);
    await machine.bus.commit("end", "");
  },
});

Deno.test({
  name:
    "when the power of NATS fails, the events that it lost stay, no event is applied twice, and all machines agree",
  ignore,
  async fn() {
    using place = temporaryFolder();
    const [folder, copy] = [`${place.folder}/nats`, `${place.folder}/copy`];
    await using nats = await Nats.start({ folder });
    await using first = await Machine.start(nats.url, "a-");
    await using second = await Machine.start(nats.url, "b-");
    await first.bus.commit("saved", "");
    nats.pause();
    copyFolder(folder, copy);
    nats.resume();
    await first.bus.commit("not on the disk", "");
    await second.bus.commit("end", "");
    await first.bus.commit("end", "");
    await nats.kill();
    Deno.removeSync(folder, { recursive: true });
    copyFolder(copy, folder);
    await nats.again();
    await Promise.all([first.until(true), second.until(true)]);
    await second.bus.commit("later", "");
    await first.bus.commit("end", "");
    await second.bus.commit("end", "");
    assertEquals(first.applied.slice(0, 6), ["saved", "not on the disk", "end", "end", "later", "end"]);
    assertEquals(second.applied.slice(0, 6), first.applied.slice(0, 6));
  },
});

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}
