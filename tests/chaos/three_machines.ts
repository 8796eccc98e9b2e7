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
import { Chance } from "./chance.ts";
import { RunReport } from "./run_report.ts";
import { Ledger } from "./ledger.ts";
import { Observer } from "./observer.ts";
import * as verdict from "./verdict.ts";
import { compareViews, linesOf, messagesOnDisk, privateViews } from "./views.ts";

type Histories = verdict.Histories;

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
    await run.checkMachines();
    await run.checkDisks();
  } finally {
    run.summarize();
  }
  assertEquals(run.report.shown(), {}, `seed ${seed}`);
}

/** One run: its people, their commands and its report. */
class Run {
  readonly report = new RunReport();
  readonly #cluster: FaultyCluster;
  readonly #seed: number;
  readonly #ledger = new Ledger();
  readonly #crowd: Crowd;
  #histories: Histories = new Map();
  #echoed = 0;

  constructor(cluster: FaultyCluster, seed: number) {
    this.#cluster = cluster;
    this.#seed = seed;
    this.#crowd = new Crowd(cluster.machines, this.#ledger, new Chance(seed + 1));
  }

  async talkDuringFaults(): Promise<void> {
    const { report } = this;
    const means = availableMeans();
    for (const [name, isThere] of Object.entries(means)) {
      if (!isThere) report.say(`this system cannot have faults of its ${name}`);
    }
    await withDeadline(this.#crowd.gather(), healMs, () => "Not everybody could connect and join");
    report.say(`${this.#crowd.talkers.length} people talk`);
    const talking = this.#crowd.talk();
    const log = (words: string) => report.say(words);
    const chance = new Chance(this.#seed);
    const schedule = { cluster: this.#cluster, means, chance, ms: seconds * 1000, only, log };
    const count = await breakThings(schedule);
    report.say(`all is mended after ${[...count].map(([name, times]) => `${times} × ${name}`).join(", ")}`);
    await this.#within(healMs, this.#crowd.ready(), "not everybody came back");
    this.#crowd.stop();
    await this.#within(healMs, talking, "not every command has an answer");
    report.say("everybody is back and has answers");
  }

  /** Checks the answers of each machine while it runs. */
  async checkMachines(): Promise<void> {
    const { report } = this;
    const { machines } = this.#cluster;
    const { views, different } = await compareViews(machines, channels);
    report.note("different", different);
    for (const { name, observer, histories } of views) {
      const where = `on ${name}`;
      this.#noteMessages(histories, where);
      report.note("out of order", verdict.checkOrder(histories, where));
      report.note(
        "deleted but there",
        await verdict.checkDeleted(this.#ledger, observer, histories, where),
      );
      report.note("not found", await verdict.checkSearch(this.#ledger, observer, histories, where));
    }
    this.#histories = views[0]?.histories ?? this.#histories;
    report.note("never seen", verdict.checkSeen(this.#crowd.talkers, this.#histories));
    report.note("wrong topics", verdict.checkTopics(this.#ledger, views[0]?.state ?? [], channels));
    for (const { observer } of views) await observer[Symbol.asyncDispose]();
    await this.#checkPrivate(machines);
    for (const machine of machines) await this.#checkAccounts(machine);
    await this.#crowd.leave();
  }

  /** Checks the disk of each machine alone, after all have stopped. */
  async checkDisks(): Promise<void> {
    const { report } = this;
    const { machines } = this.#cluster;
    // One is killed: what its people saw is on its disk without a last word.
    const [killed, ...stopped] = machines;
    await killed?.end("kill");
    for (const machine of stopped) await machine.stop();
    const words = verdict.deletedWords(this.#ledger);
    for (const { name, folder } of machines) {
      report.note("deleted but there", await verdict.checkFiles(folder, words, `of ${name}`));
      const onDisk = await messagesOnDisk(folder, channels);
      for (const channel of channels) {
        const both = new Map([this.#histories, onDisk].map((from, at) => [
          at === 0 ? "the chat" : `the disk of ${name}`,
          linesOf(from, channel, "PRIVMSG"),
        ]));
        report.note("not on disk", verdict.differences(`history of ${channel}`, both));
      }
    }
  }

  summarize(): void {
    const { report } = this;
    const { entries, closed, complaints, journal } = this.#ledger;
    report.note("unanswered or without words", verdict.checkAnswers(this.#ledger));
    const thrownOut = closed.filter(({ isExcused }) => !isExcused);
    report.note(
      "thrown out",
      thrownOut.map(({ nick, machine, words }) => `${nick} on ${machine}: ${words}`),
    );
    const untold = closed.filter(({ isTold }) => !isTold);
    report.note("closed without a word", untold.map(({ nick, words }) => `${nick}: ${words}`));
    report.note("seen wrongly", complaints);
    for (const machine of this.#cluster.machines) {
      const { name } = machine;
      report.note("processes that failed", machine.complaints.map((words) => `${name}: ${words}`));
      const bugs = machine.log().split("\n").filter((line) => /\bBug\b|Uncaught|panicked/.test(line));
      report.note("bugs logged", bugs.map((line) => `${name}: ${line}`));
    }
    const count = (outcome: string) => entries.filter((one) => one.outcome === outcome).length;
    report.say(
      `commands: ${count("done")} done, ${count("refused")} refused, ${
        count("unknown")
      } without an answer as the connection was lost`,
    );
    const longestMs = Math.max(0, ...entries.map(({ tookMs = 0 }) => tookMs));
    report.say(`the longest wait for an answer was ${(longestMs / 1000).toFixed(1)} s`);
    report.say(`sessions closed by a fault of their own machine: ${closed.length - thrownOut.length}`);
    report.say(`echoed ${this.#echoed}, ${report.figures()}`);
    report.say(`seed ${this.#seed}`);
    if (report.isEmpty) return;
    const logs = Object.fromEntries(this.#cluster.machines.map((one) => [`${one.name}.log`, one.log()]));
    const actions = entries.map((one) => JSON.stringify(one)).join("\n");
    report.keep({ ...logs, "actions.json": actions, "sessions.log": journal.join("\n") });
  }

  /** Private messages of accounts, at both ends and on every machine. */
  async #checkPrivate(machines: readonly Machine[]): Promise<void> {
    for (const [talker, friend] of this.#crowd.pairs()) {
      const names = [talker.options.nick, friend.options.nick];
      const { histories, different } = await privateViews(machines, talker, names.slice(1));
      this.report.note("different", different);
      this.#noteMessages(histories, `between ${names.join(" and ")}`, names[0]);
    }
  }

  async #checkAccounts(machine: Machine): Promise<void> {
    const accounts = this.#ledger.of("account", "done").slice(-checkedAccounts);
    for (const { what } of accounts) {
      try {
        await using _device = await Observer.connect(machine, what, { account: what });
      } catch (error) {
        this.report.note("lost accounts", [`${what} on ${machine.name}: ${error}`]);
      }
    }
  }

  /** `by` limits it to the messages of one person. */
  #noteMessages(histories: Histories, where: string, by?: string): void {
    const { echoed, lost, doubled, refusedButThere } = verdict.checkMessages(
      this.#ledger,
      histories,
      where,
      by,
    );
    this.#echoed = by === undefined ? echoed : this.#echoed + echoed;
    this.report.note("lost", lost);
    this.report.note("doubled", doubled);
    this.report.note("refused but there", refusedButThere);
  }

  /** Goes on after the deadline: the checks then say more than "too late". */
  async #within(ms: number, promise: Promise<unknown>, words: string): Promise<void> {
    await withDeadline(promise, ms, () => words).catch((error) =>
      this.report.note("not healed", [String(error)])
    );
  }
}
