/** Shared files in a real nats-server: what is stored, what a failure leaves, and who stores when. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DiscardPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { NatsFiles, SharingError } from "../../../lib/server/cluster/nats_files.ts";
import { Nats, type NatsSetup } from "../../support/cluster.ts";
import { hasProgram } from "../../support/programs.ts";

const streamName = "OBJ_PARLEY_FILES";
const content = new Uint8Array(600_000).map((_, at) => (at * 31) % 251);

/** A machine's files, and what a test needs to look at the bucket. */
async function open(
  { url }: Nats,
  { hears = () => true }: { readonly hears?: (machine: string) => boolean } = {},
) {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  const files = new NatsFiles({
    connection,
    manager,
    machine: crypto.randomUUID(),
    now: Date.now,
    hears,
    fault: () => undefined,
  });
  return {
    files,
    manager,
    client: jetstream(connection),
    /** The number of messages with chunks of each file, the smallest first. */
    async chunks(): Promise<number[]> {
      const { state } = await manager.streams.info(streamName, { subjects_filter: "$O.PARLEY_FILES.C.>" });
      const { "$O.PARLEY_FILES.C.turn": _turn, ...subjects } = state.subjects ?? {};
      return Object.values(subjects).sort();
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

function natsTest(name: string, act: (nats: Nats) => Promise<void>, setup?: NatsSetup): void {
  Deno.test({
    name,
    ignore: !hasProgram("nats-server"),
    async fn() {
      await using nats = await Nats.start(setup);
      await act(nats);
    },
  });
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return ReadableStream.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]);
}

async function read(files: NatsFiles, id: string): Promise<Uint8Array> {
  const found = await files.read(id);
  assert(found !== undefined);
  const parts: Uint8Array[] = [];
  for await (const part of found) parts.push(part);
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

natsTest(
  "a file comes back whole also with a small max_payload, and nothing stays of it when it is removed",
  async (nats) => {
    await using machine = await open(nats);
    await machine.files.put("a_file-1", streamOf(content));
    assertEquals(await machine.files.has("a_file-1"), true);
    assertEquals(await read(machine.files, "a_file-1"), content);
    await machine.files.put("empty", streamOf(new Uint8Array()));
    assertEquals(await read(machine.files, "empty"), new Uint8Array());
    for (const id of ["a_file-1", "empty", "never"]) await machine.files.remove(id);
    const { state } = await machine.manager.streams.info(streamName, { subjects_filter: ">" });
    assertEquals(Object.keys(state.subjects ?? {}), ["$O.PARLEY_FILES.C.turn"]);
  },
  { config: "max_payload: 40K" },
);

natsTest(
  "files of two machines are stored one after the other, so each has its own blocks on the disk",
  async (nats) => {
    await using one = await open(nats);
    await using other = await open(nats);
    const machines = [one, other, one, other];
    await Promise.all(machines.map(({ files }, at) => files.put(`file${at}`, streamOf(content))));
    const order: string[] = [];
    const { state: { last_seq: last } } = await one.manager.streams.info(streamName);
    for (let sequence = 1; sequence <= last; sequence++) {
      const message = await one.manager.streams.getMessage(streamName, { seq: sequence });
      if (message?.subject.includes(".C.") && message.subject !== order.at(-1)) order.push(message.subject);
    }
    assertEquals(order.filter((subject) => !subject.endsWith(".turn")).length, 4);
    assertEquals(await one.chunks(), [3, 3, 3, 3]);
    await Promise.all(machines.map(({ files }) => files.put("same", streamOf(content))));
    assertEquals((await one.chunks()).length, 5);
  },
);

natsTest(
  "chunks of a machine that was killed are removed at the second look, and other files stay",
  async (nats) => {
    await using machine = await open(nats);
    await machine.files.put("kept", streamOf(content));
    const ghost = "$O.PARLEY_FILES.C.ghost";
    for (let count = 0; count < 3; count++) await machine.client.publish(ghost, content.subarray(0, 100_000));
    assertEquals(await machine.files.removeOrphans(0), 0);
    await machine.client.publish(ghost, "one more, so it is being written");
    assertEquals(await machine.files.removeOrphans(0), 0);
    assertEquals(await machine.files.removeOrphans(60_000), 0);
    assertEquals(await machine.chunks(), [3, 4]);
    assertEquals(await machine.files.removeOrphans(0), 1);
    assertEquals(await machine.chunks(), [3]);
    assertEquals(await read(machine.files, "kept"), content);
  },
);

natsTest(
  "a file waits half a second, not longer, for a machine that was killed in its turn",
  async (nats) => {
    await using machine = await open(nats, { hears: (name) => name !== "dead" });
    await machine.files.put("first", streamOf(content));
    await machine.client.publish("$O.PARLEY_FILES.C.turn", "dead");
    const before = performance.now();
    await machine.files.put("next", streamOf(content));
    const waitedMs = performance.now() - before;
    assert(waitedMs > 450 && waitedMs < 8000, `${waitedMs}`);
  },
);

natsTest("a file for which NATS has no space is refused in words, and leaves nothing", async (nats) => {
  await using machine = await open(nats);
  await machine.manager.streams.add({
    name: streamName,
    subjects: ["$O.PARLEY_FILES.C.>", "$O.PARLEY_FILES.M.>"],
    discard: DiscardPolicy.New,
    allow_rollup_hdrs: true,
    allow_direct: true,
    max_bytes: 500_000,
  });
  const error = await assertRejects(() => machine.files.put("big", streamOf(content)), SharingError);
  assertEquals(
    [error.isFull, error.sentence],
    [
      true,
      "Cannot share the file: NATS, which stores it for all servers, has no space left; try again later",
    ],
  );
  assertEquals(await machine.chunks(), []);
  await machine.files.put("small", streamOf(content.subarray(0, 100_000)));
  assertEquals(await machine.chunks(), [1]);
});
