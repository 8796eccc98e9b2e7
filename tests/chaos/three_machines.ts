/**
 * Chaos: three machines on NATS, thirty people who talk, and faults at random: links, disks, clocks, processes,
 * descriptors and NATS itself. Then everything is mended, and what people were promised must hold on every machine. It
 * prints its figures. PARLEY_CHAOS_SECONDS (default 60) is the time with faults, PARLEY_SEED repeats the faults of a run,
 * and PARLEY_CHAOS_FAULTS="killed,disk full" allows only some kinds. Faults that this system cannot make are left out.
 */
import { assertEquals } from "@std/assert";
import { withDeadline } from "../support/deadline.ts";
import { temporaryFolder } from "../support/folder.ts";
import { granted, programPermissions } from "../support/permissions.ts";
import { hasProgram } from "../support/programs.ts";
import { channels, Crowd } from "./crowd.ts";
import { availableMeans, FaultyCluster, type Machine } from "./faulty_cluster.ts";
import { breakThings } from "./faults.ts";
import { Chance } from "./fuzz_lines.ts";
import { Ledger } from "./ledger.ts";
import { Observer, type Told } from "./observer.ts";
import * as verdict from "./verdict.ts";

const seconds = granted("env") ? Number(Deno.env.get("PARLEY_CHAOS_SECONDS") ?? 60) : 0;
const only = granted("env") ? Deno.env.get("PARLEY_CHAOS_FAULTS")?.split(",") : undefined;
/** After the last fault everybody is back, and has an answer, within this time. */
const healMs = 60_000;
const checkedAccounts = 20;

Deno.test({
  name:
    `three machines under random faults for ${seconds} s lose nothing and throw out nobody without a fault of their own`,
  ignore: !granted(...programPermissions) || !hasProgram("nats-server"),
  fn: chaos,
});

async function chaos(): Promise<void> {
  const seed = Number(Deno.env.get("PARLEY_SEED") ?? Date.now() % 1_000_000);
  using place = temporaryFolder();
  await using cluster = await FaultyCluster.start(place.folder, "east", "west", "north");
  const run = new Run(cluster, seed);
  try {
    await run.talkDuringFaults();
    await run.check();
    await run.checkDisks();
  } finally {
    run.report();
  }
  run.judge();
}

/** One run: its people, and what was found. */
class Run {
  readonly #cluster: FaultyCluster;
  readonly #seed: number;
  readonly #ledger = new Ledger();
  readonly #crowd: Crowd;
  readonly #lines: string[] = [];
  /** What was found, by the name of the figure. */
  readonly #found = new Map<string, string[]>();
  readonly #startedMs = performance.now();
  #histories: verdict.Histories = new Map();
  #echoed = 0;

  constructor(cluster: FaultyCluster, seed: number) {
    this.#cluster = cluster;
    this.#seed = seed;
    this.#crowd = new Crowd(cluster.machines, this.#ledger, new Chance(seed + 1));
  }

  async talkDuringFaults(): Promise<void> {
    const means = availableMeans();
    for (const [name, isThere] of Object.entries(means)) {
      if (!isThere) this.#say(`no faults of ${name} on this system`);
    }
    await withDeadline(this.#crowd.gather(), healMs, () => "Not everybody could connect and join");
    this.#say(`${this.#crowd.talkers.length} people talk`);
    const talking = this.#crowd.talk();
    const log = (words: string) => this.#say(words);
    const count = await breakThings({
      cluster: this.#cluster,
      means,
      chance: new Chance(this.#seed),
      ms: seconds * 1000,
      only,
      log,
    });
    this.#say(`all is mended after ${[...count].map(([name, times]) => `${times} × ${name}`).join(", ")}`);
    await this.#within(healMs, this.#crowd.ready(), "not everybody came back");
    this.#crowd.stop();
    await this.#within(healMs, talking, "not every command has an answer");
    this.#say("everybody is back and has answers");
  }

  /** What every machine shows while it runs. */
  async check(): Promise<void> {
    const { machines } = this.#cluster;
    const observers = new Map<string, Observer>();
    for (const machine of machines) {
      observers.set(machine.name, await Observer.connect(machine, `see${machine.name}`, { channels }));
    }
    const last = `see${machines.at(-1)?.name}`;
    for (const observer of observers.values()) await observer.knows(last, channels.at(-1) ?? "");
    const histories = new Map<string, Map<string, readonly Told[]>>();
    const states = new Map<string, string[]>();
    for (const [name, observer] of observers) {
      const own = new Map<string, readonly Told[]>();
      for (const channel of channels) own.set(channel, await observer.history(channel));
      histories.set(name, own);
      states.set(name, await observer.state(channels));
    }
    for (const channel of channels) {
      const lines = new Map(
        [...histories].map(([name, own]) => [name, (own.get(channel) ?? []).map(({ line }) => line)]),
      );
      this.#note("different", verdict.differences(`history of ${channel}`, lines));
    }
    this.#note("different", verdict.differences("state", states));
    for (const [name, own] of histories) {
      const observer = observers.get(name);
      this.#noteMessages(own, `on ${name}`);
      this.#note("out of order", verdict.checkOrder(own, `on ${name}`));
      if (observer === undefined) continue;
      this.#note("deleted but there", await verdict.checkDeleted(this.#ledger, observer, own, `on ${name}`));
      this.#note("not found", await verdict.checkSearch(this.#ledger, observer, own, `on ${name}`));
    }
    for (const own of [...histories.values()].slice(0, 1)) {
      this.#histories = own;
      this.#note("never seen", verdict.checkSeen(this.#crowd.talkers, own));
    }
    for (const observer of observers.values()) await observer[Symbol.asyncDispose]();
    for (const machine of machines) await this.#checkAccounts(machine);
    await this.#crowd.leave();
  }

  /** What the disk of each machine alone has, after all have stopped. */
  async checkDisks(): Promise<void> {
    for (const machine of this.#cluster.machines) {
      const status = await machine.end("stop");
      if (status?.code !== 0) machine.complaints.push(`It stopped with ${status?.signal ?? status?.code}`);
    }
    const words = verdict.deletedWords(this.#ledger);
    for (const { name, folder } of this.#cluster.machines) {
      this.#note("deleted but there", await verdict.checkFiles(folder, words, `of ${name}`));
    }
  }

  judge(): void {
    const found = Object.fromEntries(
      [...this.#found].map(([name, sentences]) => [name, sentences.slice(0, 10)]),
    );
    assertEquals(
      found,
      Object.fromEntries([...this.#found.keys()].map((name) => [name, []])),
      `seed ${this.#seed}`,
    );
  }

  report(): void {
    const { entries, closed, complaints } = this.#ledger;
    this.#note("unanswered or without words", verdict.checkAnswers(this.#ledger));
    this.#note(
      "thrown out",
      closed.filter(({ isExcused }) => !isExcused).map((one) =>
        `${one.nick} on ${one.machine}: ${one.words}`
      ),
    );
    this.#note("seen wrongly", complaints);
    for (const machine of this.#cluster.machines) {
      this.#note("processes that failed", machine.complaints.map((words) => `${machine.name}: ${words}`));
      const bugs = machine.log().split("\n").filter((line) => /\bBug\b|Uncaught|panicked/.test(line));
      this.#note("bugs logged", bugs.map((line) => `${machine.name}: ${line}`));
    }
    const count = (outcome: string) => entries.filter((one) => one.outcome === outcome).length;
    this.#say(
      `commands: ${count("done")} done, ${count("refused")} refused, ${
        count("unknown")
      } cut off by a lost connection`,
    );
    this.#say(
      `sessions closed by a fault of their own machine: ${
        closed.filter(({ isExcused }) => isExcused).length
      }`,
    );
    this.#say(
      [`echoed ${this.#echoed}`, ...[...this.#found].map(([name, all]) => `${name} ${all.length}`)].join(
        ", ",
      ),
    );
    this.#say(`seed ${this.#seed}`);
    if ([...this.#found.values()].every((all) => all.length === 0)) return;
    const folder = Deno.makeTempDirSync({ prefix: "parley-chaos-" });
    for (const machine of this.#cluster.machines) {
      Deno.writeTextFileSync(`${folder}/${machine.name}.log`, machine.log());
    }
    Deno.writeTextFileSync(`${folder}/run.log`, this.#lines.join(""));
    Deno.writeTextFileSync(`${folder}/sessions.log`, this.#ledger.journal.join("\n"));
    Deno.writeTextFileSync(
      `${folder}/found.json`,
      JSON.stringify(Object.fromEntries(this.#found), undefined, 2),
    );
    Deno.writeTextFileSync(
      `${folder}/deeds.json`,
      this.#ledger.entries.map((one) => JSON.stringify(one)).join("\n"),
    );
    this.#say(`logs are in ${folder}`);
  }

  async #checkAccounts(machine: Machine): Promise<void> {
    const accounts = this.#ledger.of("account", "done").slice(-checkedAccounts);
    for (const { what } of accounts) {
      try {
        await using _device = await Observer.connect(machine, what, { account: what });
      } catch (error) {
        this.#note("lost accounts", [`${what} on ${machine.name}: ${error}`]);
      }
    }
  }

  #noteMessages(histories: verdict.Histories, where: string): void {
    const { echoed, lost, doubled, refusedButThere } = verdict.checkMessages(this.#ledger, histories, where);
    this.#echoed = echoed;
    this.#note("lost", lost);
    this.#note("doubled", doubled);
    this.#note("refused but there", refusedButThere);
  }

  #note(name: string, sentences: readonly string[]): void {
    this.#found.set(name, [...this.#found.get(name) ?? [], ...sentences]);
  }

  /** Goes on after the deadline: the checks then say more than "too late". */
  async #within(ms: number, promise: Promise<unknown>, words: string): Promise<void> {
    await withDeadline(promise, ms, () => words).catch((error) => this.#note("not healed", [String(error)]));
  }

  #say(words: string): void {
    const line = `${((performance.now() - this.#startedMs) / 1000).toFixed(1).padStart(6)} s  ${words}\n`;
    this.#lines.push(line);
    Deno.stdout.writeSync(new TextEncoder().encode(line));
  }
}
