/**
 * Three machines whose links fail in many ways: nobody on a healthy machine is thrown out. Each fault takes longer than
 * the lease, so only `deno task chaos` runs this test. PARLEY_CUT_ROUNDS repeats the faults; PARLEY_CUT_LEASE_MS sets the
 * lease, which all times follow. Without nats-server it is ignored.
 */
import { assertEquals } from "@std/assert";
import { Cluster, history } from "../support/cluster.ts";
import { pause } from "../support/deadline.ts";
import { FreezingProxy } from "../support/freezing_proxy.ts";
import { temporaryFolder } from "../support/folder.ts";
import type { Peer } from "../support/peer.ts";
import { print } from "../support/print.ts";
import { hasProgram } from "../support/programs.ts";

const rounds = Number(Deno.env.get("PARLEY_CUT_ROUNDS") ?? 1);
const leaseMs = Number(Deno.env.get("PARLEY_CUT_LEASE_MS") ?? 2000);
const names = ["east", "west", "north"];
/** The machine with the fault. */
const victim = 2;

interface Fault {
  readonly name: string;
  /** Its length in leases. */
  readonly leases: number;
  /** The machines whose people can be thrown out. */
  readonly faulty: readonly number[];
  readonly begin: (site: Site) => void;
  readonly end: (site: Site) => void;
}

function cut(name: string, leases: number, faulty: readonly number[], directions?: ("up" | "down")[]): Fault {
  return {
    name,
    leases,
    faulty,
    begin: ({ proxies }) => faulty.forEach((at) => proxies[at]?.freeze(directions)),
    end: ({ proxies }) => faulty.forEach((at) => proxies[at]?.thaw()),
  };
}

function machinePause(leases: number): Fault {
  const signal = (name: Deno.Signal) => ({ cluster }: Site) =>
    Deno.kill(cluster.servers[victim]?.pid ?? 0, name);
  const faulty = [victim];
  return { name: "one is stopped", leases, faulty, begin: signal("SIGSTOP"), end: signal("SIGCONT") };
}

function natsPause(leases: number): Fault {
  return {
    name: "NATS is stopped",
    leases,
    faulty: [],
    begin: ({ cluster }) => cluster.nats.pause(),
    end: ({ cluster }) => cluster.nats.resume(),
  };
}

/** A fault that comes and goes: each time for less than the lease, so nobody at all may be thrown out. */
function flicker(name: string, leases: number, change: (site: Site, isOn: boolean) => void): Fault {
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    name,
    leases,
    faulty: [],
    begin: (site) => {
      let step = 0;
      // Five of six parts of this time it is on.
      timer = setInterval(() => change(site, step++ % 6 !== 0), leaseMs / 12);
    },
    end: (site) => {
      clearInterval(timer);
      change(site, false);
    },
  };
}

const faults: readonly Fault[] = [
  cut("one is cut off", 1.67, [victim]),
  cut("one is cut off", 0.9, [victim]),
  cut("two are cut off", 1.67, [1, victim]),
  cut("one cannot hear", 1.67, [victim], ["down"]),
  cut("one cannot send", 1.67, [victim], ["up"]),
  { ...cut("all are cut off", 1.67, [0, 1, 2]), name: "all are cut off" },
  machinePause(1.67),
  machinePause(4),
  natsPause(0.5),
  natsPause(1.33),
  natsPause(2),
  natsPause(4),
  flicker("NATS is slow", 3, ({ cluster }, isOn) => isOn ? cluster.nats.pause() : cluster.nats.resume()),
  flicker(
    "one link is slow",
    4,
    ({ proxies }, isOn) => isOn ? proxies[victim]?.freeze() : proxies[victim]?.thaw(),
  ),
  flicker("all links are slow", 3, ({ proxies }, isOn) => {
    for (const proxy of proxies) isOn ? proxy.freeze() : proxy.thaw();
  }),
];

/** Machines behind proxies, with people. */
class Site implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly proxies: FreezingProxy[] = [];
  /** Two people of each machine. */
  readonly people: Peer[][] = [];

  private constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  static async start(): Promise<Site> {
    const site = new Site(await Cluster.start());
    for (const name of names) {
      const proxy = new FreezingProxy(site.cluster.nats.port);
      site.proxies.push(proxy);
      await site.cluster.add(name, ["--nats", proxy.url, "--lease", `${leaseMs}ms`]);
    }
    return site;
  }

  /** Connects those who are missing; tries until the machine lets them in. */
  async fill(round: number): Promise<void> {
    for (const at of names.keys()) {
      for (const which of [0, 1]) {
        const present = this.people[at]?.[which];
        if (present !== undefined && await isPresent(present)) continue;
        (this.people[at] ??= [])[which] = await this.#enter(at, `${names[at]}${which}r${round}`);
      }
    }
    const everybody = this.people.flat();
    for (const [at, person] of everybody.entries()) {
      await untilAll(everybody, person, `filled ${round} ${at}`);
    }
  }

  async #enter(at: number, nick: string): Promise<Peer> {
    for (let tries = 0;; tries++) {
      try {
        const peer = await this.cluster.peer(at, nick);
        await peer.join("#tea");
        return peer;
      } catch (error) {
        if (tries > 50) throw error;
        await pause(200);
      }
    }
  }

  /** The people of these machines who are no longer connected. */
  async gone(machines: readonly number[]): Promise<number> {
    const found = await Promise.all(machines.flatMap((at) => this.people[at] ?? []).map(isPresent));
    return found.filter((present) => !present).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cluster.nats.resume();
    for (const proxy of this.proxies) proxy.thaw();
    await this.cluster[Symbol.asyncDispose]();
    for (const proxy of this.proxies) await proxy[Symbol.asyncDispose]();
  }
}

Deno.test({
  name: "when links fail, nobody on a healthy machine is thrown out",
  ignore: !hasProgram("nats-server"),
  async fn() {
    await using site = await Site.start();
    let thrownOut = 0;
    for (let round = 0; round < rounds; round++) {
      for (const [at, fault] of faults.entries()) thrownOut += await endure(site, fault, round * 100 + at);
    }
    assertEquals(thrownOut, 0);
  },
});

Deno.test({
  name: "a machine that starts first after NATS was away throws out nobody on a machine that returns later",
  ignore: !hasProgram("nats-server"),
  async fn() {
    using temporary = temporaryFolder();
    await using cluster = await Cluster.start();
    await using proxy = new FreezingProxy(cluster.nats.port);
    const east = await cluster.add("east", ["--nats", proxy.url]);
    const west = await cluster.add("west", ["--data", temporary.folder]);
    const ann = await cluster.peer(east, "ann");
    await ann.join("#tea");
    const bob = await cluster.peer(west, "bob");
    await bob.join("#tea");
    await west.kill();
    proxy.freeze();
    await cluster.nats.kill();
    await cluster.nats.again();
    const again = await cluster.add("west", ["--data", temporary.folder]);
    assertEquals(again.stderr().includes("Another machine"), false, again.stderr());
    // The earlier run of this machine is over, so the nick is free; ann is perhaps only cut off.
    const back = await cluster.peer(again, "bob");
    await back.join("#tea");
    proxy.thaw();
    await ann.until(/reach each other again/);
    await pause(1.5 * leaseMs);
    ann.send("PRIVMSG #tea :still here");
    await back.until(/:ann!.*still here/);
  },
});

Deno.test({
  name: "a machine starts again although the only other machine is silent and NATS does not know it",
  ignore: !hasProgram("nats-server"),
  async fn() {
    using temporary = temporaryFolder();
    await using cluster = await Cluster.start();
    const start = () => cluster.add("east", ["--data", temporary.folder]);
    const east = await start();
    const west = await cluster.add("west");
    const ann = await cluster.peer(east, "ann");
    const bob = await cluster.peer(west, "bob");
    for (const person of [ann, bob]) await person.join("#tea");
    ann.send("PRIVMSG #tea :before");
    await bob.until("before");
    Deno.kill(west.pid, "SIGSTOP");
    await east.kill();
    const again = await start();
    const back = await cluster.peer(again, "ann");
    await back.join("#tea");
    await back.until(/:bob!.* QUIT :Machine west was lost/);
    Deno.kill(west.pid, "SIGCONT");
    await bob.closed();
    const bobAgain = await cluster.peer(west, "bob");
    await bobAgain.join("#tea");
    assertEquals(await history(bobAgain, "#tea"), await history(back, "#tea"));
    assertEquals((await history(back, "#tea")).length, 1);
  },
});

/** One fault. Returns the number of healthy people who were thrown out. */
async function endure(site: Site, fault: Fault, round: number): Promise<number> {
  await site.fill(round);
  const all = [...names.keys()];
  const healthy = fault.name === "all are cut off" ? all : all.filter((at) => !fault.faulty.includes(at));
  const faulty = all.filter((at) => !healthy.includes(at));
  // A heartbeat is at another moment of the fault each time.
  await pause(Math.random() * leaseMs / 6);
  fault.begin(site);
  await pause(fault.leases * leaseMs);
  fault.end(site);
  // Bytes that were held back arrive, and a lease passes: after that nobody else is thrown out.
  await pause(1.25 * leaseMs + 500);
  const thrownOut = await site.gone(healthy);
  const figures = `healthy thrown out: ${thrownOut}; of the faulty: ${await site.gone(faulty)}`;
  print(`${fault.name} for ${fault.leases * leaseMs} ms: ${figures}`);
  return thrownOut;
}

async function untilAll(everybody: readonly Peer[], person: Peer, text: string): Promise<void> {
  for (let tries = 0;; tries++) {
    person.send(`PRIVMSG #tea :${text}`);
    try {
      await Promise.all(everybody.map((other) => other.until(text)));
      return;
    } catch (error) {
      if (tries > 3) throw error;
    }
  }
}

async function isPresent(peer: Peer): Promise<boolean> {
  try {
    await peer.lines();
    return true;
  } catch {
    return false;
  }
}
