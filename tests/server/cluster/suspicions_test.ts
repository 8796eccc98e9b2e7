/**
 * Machines that lose each other, in a model of the network: a healthy machine is never removed, a dead one is, and all
 * agree. Each run tries other faults; PARLEY_SEED repeats one that failed.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SilenceWatch } from "../../../lib/server/cluster/silence_watch.ts";
import { type ModelFault, NetworkModel } from "../../support/network_model.ts";
import { granted } from "../../support/permissions.ts";

const leaseMs = 6000;
const seed = granted("env") ? Deno.env.get("PARLEY_SEED") : undefined;
const runs = { numRuns: 40, ...(seed !== undefined && { seed: Number(seed) }) };
/** All faults are over by then, except kills. */
const calmMs = 60_000;

/** A machine that can read the stream again has answered by then. */
const answerMs = 3500;

const fault = fc.record({
  kind: fc.constantFrom("cut", "deaf", "mute", "paused", "killed", "nats"),
  machine: fc.nat(2),
  fromMs: fc.integer({ min: 1000, max: 25_000 }),
  forMs: fc.integer({ min: 500, max: 35_000 }),
}) as fc.Arbitrary<ModelFault>;
const delaysUpTo = (max: number) => fc.array(fc.integer({ min: 1, max }), { minLength: 4, maxLength: 4 });
const delays = delaysUpTo(700);
const shortDelays = delaysUpTo(100);

function namesOf({ machines }: NetworkModel): string[] {
  return machines.map(({ name }) => name);
}

/** Whether a machine, or NATS, had a fault at this time or a moment before. */
function wasFaulty(faults: readonly ModelFault[], at: number, atMs: number): boolean {
  return faults.some(({ kind, machine, fromMs, forMs }) =>
    (kind === "nats" || machine === at) && fromMs <= atMs &&
    (kind === "killed" || atMs <= fromMs + forMs + answerMs)
  );
}

Deno.test("under any faults of the network no healthy machine is removed, each dead one is, and all agree", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 4 }), delays, async (faults, delaysMs) => {
      const model = new NetworkModel(leaseMs, delaysMs, faults);
      await model.run(calmMs + 4 * leaseMs);
      const hadFault = (at: number) => faults.some(({ kind, machine }) => kind !== "nats" && machine === at);
      const dead = faults.filter(({ kind }) => kind === "killed").map(({ machine }) => machine);
      const healthy = namesOf(model).filter((_, at) => !hadFault(at));
      const removed = model.removals.map(({ machine }) => machine);
      assertEquals(healthy.filter((name) => removed.includes(name)), [], "healthy ones that were removed");
      for (const { machine, atMs } of model.removals) {
        const at = namesOf(model).indexOf(machine);
        assert(wasFaulty(faults, at, atMs), `${machine} was removed at ${atMs}, long after its fault`);
      }
      const alive = namesOf(model).filter((_, at) => !dead.includes(at));
      for (const { name, chat } of model.machines) {
        if (!alive.includes(name)) continue;
        assertEquals([...chat.machines.keys()].sort(), alive, `the machines as ${name} knows them`);
        assertEquals([...chat.suspects.keys()], []);
      }
    }),
    runs,
  );
});

Deno.test("a machine that dies is removed when the lease and one heartbeat are over", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1000, max: 3000 }), shortDelays, async (fromMs, delaysMs) => {
      const fault: ModelFault = { kind: "killed", machine: 0, fromMs: fromMs + leaseMs, forMs: 0 };
      const model = new NetworkModel(leaseMs, delaysMs, [fault]);
      await model.run(5 * leaseMs);
      const [removal] = model.removals;
      assertEquals([model.removals.length, removal?.machine], [1, "a-"]);
      // The last heartbeat was at most one interval before the death.
      const tookMs = (removal?.atMs ?? Infinity) - fault.fromMs;
      assert(tookMs > leaseMs * 5 / 6 - 200 && tookMs < leaseMs * 7 / 6 + 500, `${tookMs} ms`);
    }),
    { ...runs, numRuns: 10 },
  );
});

Deno.test("when all links or NATS stop for any time, no machine is removed, although some return later", async () => {
  for (const kind of ["cut", "nats"] as const) {
    for (const forMs of [3000, 8000, 12_000, 30_000]) {
      const faults = [0, 1500, 3000, 5000].map((laterMs, machine): ModelFault => (
        { kind, machine, fromMs: 8000, forMs: forMs + laterMs }
      ));
      const model = new NetworkModel(leaseMs, [5, 50, 300, 500], faults);
      await model.run(calmMs);
      assertEquals(model.removals, [], `${kind} for ${forMs} ms`);
    }
  }
});

Deno.test("a claim that arrives late is void, because the machine has answered", async () => {
  for (let cutMs = leaseMs - 1500; cutMs <= leaseMs + 2000; cutMs += 500) {
    for (let holdMs = leaseMs + 500; holdMs <= leaseMs + 3000; holdMs += 250) {
      const cut: ModelFault = { kind: "cut", machine: 0, fromMs: 2000, forMs: cutMs };
      // From some moment on the claims of "b-" about "a-" are held back.
      const hold: ModelFault = { kind: "mute", machine: 1, fromMs: holdMs, forMs: 2500 };
      const model = new NetworkModel(leaseMs, [5, 5], [cut, hold]);
      await model.run(20_000);
      const late = model.removals.filter(({ atMs }) => atMs > cut.fromMs + cut.forMs + 500);
      assertEquals(late, [], `cut for ${cutMs}, held back from ${holdMs}`);
    }
  }
});

Deno.test("a machine that is expected but was never heard is silent, and nobody answers for it", () => {
  let nowMs = 0;
  const silence = new SilenceWatch({ machine: "a-", leaseMs }, () => nowMs);
  const beat = (...machines: string[]) => {
    for (const machine of ["a-", ...machines]) silence.onHeartbeat(machine);
    silence.expect(["a-", "b-", "c-"]);
  };
  beat("b-");
  assertEquals([silence.hears("b-"), silence.hears("c-")], [true, false]);
  for (nowMs = 1000; nowMs <= 4000; nowMs += 1000) beat("b-");
  assertEquals([silence.silentMs("b-"), silence.silentMs("c-")], [1000, 5000]);
  // Its own heartbeats do not come back: it knows nothing about the others, and asks them for nothing at first.
  nowMs += leaseMs;
  assertEquals([silence.hears("b-"), silence.silentMs("c-")], [false, 0]);
  beat();
  nowMs += leaseMs;
  beat();
  assertEquals([silence.silentMs("b-"), silence.silentMs("c-")], [0, 0]);
});
