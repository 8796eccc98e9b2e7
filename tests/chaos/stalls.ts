/**
 * Nobody waits long while somebody else asks for much, or while a crowd acts at once: the jobs of
 * tests/bench/stall_jobs.ts on a small folder of tests/bench/large_data.ts, and a thousand people in one channel. The
 * bound is for the CPU time of the server's main thread between a PING and its answer, because others use the computer
 * too; so the test needs Linux. tests/bench/stalls.ts measures the large folder.
 */
import { assertEquals } from "@std/assert";
import { Asker } from "../bench/asker.ts";
import { writeData } from "../bench/large_data.ts";
import { type Job, jobs, runJob } from "../bench/stall_jobs.ts";
import { Watcher } from "../bench/watcher.ts";
import { pause } from "../support/deadline.ts";
import { temporaryFolder } from "../support/folder.ts";
import { granted, programPermissions } from "../support/permissions.ts";
import { startServer } from "../support/server.ts";

/** Three times the most that these jobs took on two overloaded cores, and less than each took without turns. */
const mostCpuMs = 100;
const size = { messages: 25_000, accounts: 3_000, files: 500, registeredChannels: 300 };
/** A job that takes longer does the same again and again. */
const mostSeconds = 1;
/** The jobs that need thousands of connections, or a minute, are left out. */
const names = /^(?:SEARCH|fifty|CHATHISTORY|MARKREAD|REDACT of a hundred|ACCOUNT|BACKUP)/;

Deno.test({
  name: "searches, history, lists, exports, copies and deletions let others talk",
  ignore: Deno.build.os !== "linux" || !granted(...programPermissions),
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    using place = temporaryFolder();
    await writeData(place.folder, size, () => {});
    await using server = await startServer(["--data", place.folder, "--per-address", "1000"]);
    using watcher = await Watcher.start(server);
    const long: string[] = [];
    for (const job of jobs.filter(({ name }) => names.test(name))) {
      const worst = await worstCpuMs(job, server.port, watcher);
      if (worst > mostCpuMs) long.push(`${job.name}: ${worst.toFixed(0)} ms`);
    }
    assertEquals(long, []);
  },
});

const crowdSize = 1000;
/** Three times the most that these steps took on two overloaded cores; without rests between parts they took up to 200 ms. */
const mostCrowdCpuMs = 45;

/** Commands of all people in one channel, or of one of its operators. */
const crowdSteps: readonly (readonly [name: string, act: (all: readonly Asker[]) => Promise<unknown>])[] = [
  ["all join", (all) => each(all, () => "JOIN #crowd")],
  [
    "one changes 50 modes",
    async ([one]) => await one?.ask(...lines(50, (at) => `MODE #crowd +b *x${at}*!*y*@*`)),
  ],
  ["one kicks 40", async ([one]) => await one?.ask(...lines(40, (at) => `KICK #crowd crowd${at + 1} :out`))],
  ["all change their nicks", (all) => each(all, (at) => `NICK other${at}`)],
  ["all leave the channel", (all) => each(all, () => "PART #crowd")],
];

Deno.test({
  name: "what a thousand people do at once lets others talk",
  ignore: Deno.build.os !== "linux" || !granted(...programPermissions),
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const flags = ["--ephemeral", "--limit", "4000", "--flood", "0", "--web", "off", "--tls-port", "0"];
    await using server = await startServer(flags);
    using watcher = await Watcher.start(server);
    const all: Asker[] = [];
    for (let at = 0; at < crowdSize; at += 50) {
      all.push(
        ...await Promise.all(
          lines(50, (more) => `crowd${at + more}`).map((nick) => Asker.enter(server.port, nick)),
        ),
      );
    }
    const long: string[] = [];
    for (const [name, act] of crowdSteps) {
      await watcher.take();
      await act(all);
      const { worstCpuMs } = await watcher.take();
      if (worstCpuMs > mostCrowdCpuMs) long.push(`${name}: ${worstCpuMs.toFixed(0)} ms`);
    }
    for (const one of all) one.close();
    assertEquals(long, []);
  },
});

function lines(count: number, line: (at: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => line(at));
}

/** All send their line at once; resolves when all have the answer. */
async function each(all: readonly Asker[], line: (at: number) => string): Promise<void> {
  await Promise.all(all.map((one, at) => one.ask(line(at))));
}

async function worstCpuMs(job: Job, port: number, watcher: Watcher): Promise<number> {
  const askers = await job.prepare?.(port) ?? [];
  await pause(100);
  await watcher.take();
  await runJob(job, askers, { port, seconds: mostSeconds });
  await pause(50);
  for (const asker of askers) asker.close();
  return (await watcher.take()).worstCpuMs;
}
