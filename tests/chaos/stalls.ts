/**
 * Nobody waits long while somebody else asks for much: the jobs of tests/bench/stall_jobs.ts on a small folder of
 * tests/bench/large_data.ts. The bound is for the CPU time of the server's main thread between a PING and its answer,
 * because others use the computer too; so the test needs Linux. tests/bench/stalls.ts measures the large folder.
 */
import { assertEquals } from "@std/assert";
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

async function worstCpuMs(job: Job, port: number, watcher: Watcher): Promise<number> {
  const askers = await job.prepare?.(port) ?? [];
  await pause(100);
  await watcher.take();
  await runJob(job, askers, { port, seconds: mostSeconds });
  await pause(50);
  for (const asker of askers) asker.close();
  return (await watcher.take()).worstCpuMs;
}
