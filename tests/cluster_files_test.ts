/** A file that is shared on one machine can be downloaded from all. Without nats-server the tests are ignored. */
import { assertEquals, assertMatch } from "@std/assert";
import { Cluster, clusterStory } from "./support/cluster.ts";
import { temporaryFolder } from "./support/folder.ts";
import { hasProgram } from "./support/programs.ts";
import type { RunningServer } from "./support/server.ts";
import { upload, uploadToken } from "./support/upload.ts";

const ignore = !hasProgram("nats-server");
const content = new Uint8Array(5_000_000).map((_, at) => (at * 31) % 251);

clusterStory(
  "every machine has a shared file, a later one too, even if the machine of the upload is killed at once",
  [],
  async (cluster) => {
    const east = await cluster.add("east", ["--web", "on"]);
    const west = await cluster.add("west", ["--web", "on"]);
    const path = await share(cluster, east);
    await east.kill();
    await assertHas(west, path);
    const metrics = await (await fetch(`http://127.0.0.1:${west.webPort}/metrics`)).text();
    assertMatch(metrics, /^parley_files_bytes 5000000\n[^]*^parley_nats_events_limit_bytes 1073741824$/m);
    const late = await cluster.add("late", ["--web", "on"]);
    await west.kill();
    await assertHas(late, path);
  },
);

clusterStory("when NATS lost its data, machines upload their files to it again", [], async (cluster) => {
  const east = await cluster.add("east", ["--web", "on"]);
  const path = await share(cluster, east);
  const witness = await cluster.peer(east, "witness");
  await cluster.nats.kill();
  await cluster.nats.again({ isEmpty: true });
  await witness.closed();
  const west = await cluster.add("west", ["--web", "on"]);
  await until(async () => (await ask(west, path)).length > 0);
  await east.kill();
  await assertHas(west, path);
});

Deno.test({
  name: "an upload that cannot reach the other machines is refused with one sentence, and leaves no file",
  ignore,
  async fn() {
    using place = temporaryFolder();
    await using cluster = await Cluster.start();
    const east = await cluster.add("east", ["--web", "on", "--data", place.folder]);
    const token = await tokenOf(cluster, east);
    await cluster.nats.kill();
    const answer = await upload(east, token, content, "image/png");
    assertEquals([answer.status, await answer.text()], [
      503,
      "Cannot share the file: the servers cannot reach each other; try again later\n",
    ]);
    Deno.mkdirSync(`${place.folder}/files`, { recursive: true });
    assertEquals([...Deno.readDirSync(`${place.folder}/files`)], []);
    const ready = await fetch(`http://127.0.0.1:${east.webPort}/readyz`);
    const reason = "Cannot reach NATS: messages are refused until the connection is back\n";
    assertEquals([ready.status, await ready.text()], [503, reason]);
  },
});

async function share(cluster: Cluster, server: RunningServer): Promise<string> {
  const answer = await upload(server, await tokenOf(cluster, server), content, "image/png");
  await answer.body?.cancel();
  assertEquals(answer.status, 201);
  return answer.headers.get("location") ?? "";
}

async function tokenOf(cluster: Cluster, server: RunningServer): Promise<string> {
  return await uploadToken(await cluster.peer(server, "ann"));
}

/** The content of the file; empty when it is missing. */
async function ask(server: RunningServer, path: string): Promise<Uint8Array> {
  const answer = await fetch(`http://127.0.0.1:${server.webPort}${path}`);
  const bytes = await answer.bytes();
  return answer.ok ? bytes : new Uint8Array();
}

async function assertHas(server: RunningServer, path: string): Promise<void> {
  assertEquals(await ask(server, path), content);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("The condition did not become true in time");
}
