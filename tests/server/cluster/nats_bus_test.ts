/** The bus of many machines with a real nats-server, without a hub: what is committed, once, in one order. */
import { assertEquals, assertRejects } from "@std/assert";
import { NatsBus } from "../../../lib/server/cluster/nats_bus.ts";
import type { Position, Replica } from "../../../lib/server/cluster/replica.ts";
import { Nats } from "../../support/cluster.ts";
import { hasProgram } from "../../support/programs.ts";

const ignore = !hasProgram("nats-server");

/** A machine that writes down what it applies. */
class Machine implements AsyncDisposable {
  readonly bus: NatsBus<string>;
  readonly applied: string[] = [];
  readonly stamps: number[] = [];
  readonly #changes: boolean[] = [];
  #changed = Promise.withResolvers<void>();

  private constructor(bus: NatsBus<string>) {
    this.bus = bus;
    bus.subscribe((event, stamp) => {
      this.applied.push(event);
      this.stamps.push(stamp);
    });
  }

  static async start(url: string, machine: string): Promise<Machine> {
    const refusal = (event: string) => new Error(`refused ${event}`);
    const mustHappen = (event: string) => event.startsWith("left");
    const options = { url, machine, leaseMs: 60_000, refusal, mustHappen, log: () => {} };
    const made = new Machine(await NatsBus.connect(options));
    const joined = await made.bus.join("");
    made.applied.push(...(joined?.state as string[] ?? []));
    await made.bus.start(joined?.position ?? { sequence: 0, last: 0, stream: "" }, made.#replica());
    return made;
  }

  /** Resolves when NATS has gone, or come back. */
  async until(isUp: boolean): Promise<void> {
    while (this.#changes.at(-1) !== isUp) await this.#changed.promise;
  }

  #replica(): Replica<string> {
    return {
      snapshot: () => this.applied,
      page: () => this.applied,
      applied: (_event: string, _position: Position) => {},
      machines: () => [],
      silent: (machine) => ({ id: machine, event: machine }),
      changed: (isUp) => {
        this.#changes.push(isUp);
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
      },
      missed: () => Promise.resolve(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bus.close();
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
  name: "what two machines commit under one id happens once, and both are told",
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
  name: "a snapshot larger than NATS carries at once comes whole",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    const large = Array.from({ length: 30 }, (_, at) => `${at} ${"🍵é".repeat(15_000)}`);
    for (const event of large) await first.bus.commit(event, "");
    await using second = await Machine.start(nats.url, "b-");
    assertEquals(second.applied, large);
  },
});

Deno.test({
  name: "while NATS is gone commits are refused, but for what must happen, which waits",
  ignore,
  async fn() {
    await using nats = await Nats.start();
    await using first = await Machine.start(nats.url, "a-");
    await first.bus.commit("before", "");
    await nats.kill();
    await first.until(false);
    await assertRejects(() => first.bus.commit("meanwhile", ""), Error, "refused meanwhile");
    const left = first.bus.commit("left ann", "");
    await nats.again();
    await left;
    await first.until(true);
    await first.bus.commit("after", "");
    assertEquals(first.applied, ["before", "left ann", "after"]);
    assertEquals(first.bus.figures, { isUp: true, lag: 0, inFlight: 0, reconnects: 1 });
  },
});
