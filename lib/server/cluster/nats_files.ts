/**
 * The content of shared files for all machines of a chat: JetStream's object store, by the file's id. The NATS
 * library writes files; our own loop reads their chunks (the layout is NATS' ADR-20). The library's reader loads a
 * whole file into memory when the client is slower than NATS: 615 MB for a file of 512 MB. This loop needs a few
 * chunks.
 */
import { deadlines } from "../../deadlines.ts";
import { createHash, type Hash } from "node:crypto";
import { DeliverPolicy, jetstream, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import { type ObjectInfo, type ObjectStore, Objm } from "@nats-io/obj";
import type { NatsConnection } from "@nats-io/transport-node";
import type { SharingFailure } from "../chat/file_contents.ts";
import { type BusFault, fileSentence, operatorSentence } from "./bus_fault.ts";
import { faultOf } from "./nats_faults.ts";
import { NatsFileTurn } from "./nats_file_turn.ts";
import { bucketStream, chunkSubject, metaSubject, turnSubject, writeFile } from "./nats_file_writer.ts";
import { withReplicas } from "./nats_setup.ts";

const bucketName = "PARLEY_FILES";
const stream = bucketStream(bucketName);
/** Chunks in memory at a time. */
const chunksAhead = 16;
/** Chunks without a file are removed when their number has not changed for this time. */
const orphanMs = 1_800_000;

/** The parts that the files use. */
export interface NatsFilesOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly machine: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether another machine was heard a moment ago. */
  readonly hears: (machine: string) => boolean;
  /** The reason why the bus does not order events now; undefined if it does. With a reason every call rejects at once. */
  readonly fault: () => BusFault | undefined;
}

/** See SharedFileContents. */
export class SharingError extends Error implements SharingFailure {
  override readonly name = "SharingError";
  readonly sentence: string;
  readonly isFull: boolean;

  constructor(fault: BusFault) {
    super(operatorSentence(fault));
    this.sentence = fileSentence(fault);
    this.isFull = fault.kind === "no space";
  }
}

/** The files of one chat. Every call rejects when NATS cannot be reached. */
export class NatsFiles {
  readonly #options: NatsFilesOptions;
  readonly #client: JetStreamClient;
  readonly #turn: NatsFileTurn;
  /** Chunks without a file: their number, and since when it has been the same, by performance.now(). */
  #orphans = new Map<string, { readonly count: number; readonly sinceMs: number }>();

  constructor(options: NatsFilesOptions) {
    const { connection, manager, machine, hears } = options;
    this.#options = options;
    const client = this.#client = jetstream(connection, { timeout: deadlines.natsChunkMs });
    this.#turn = new NatsFileTurn({
      client,
      manager,
      stream,
      subject: turnSubject(bucketName),
      machine,
      hears,
    });
  }

  get failure(): SharingError | undefined {
    const fault = this.#options.fault();
    return fault && new SharingError(fault);
  }

  /** Stores a file; resolves when NATS has all of it. Rejects with a SharingError. */
  async put(id: string, content: ReadableStream<Uint8Array>): Promise<void> {
    try {
      const bucket = await this.#bucket();
      const { connection: { info }, manager, now } = this.#options;
      const maxBytes = info?.max_payload;
      const write = { client: this.#client, manager, bucket: bucketName, maxBytes, now };
      await this.#turn.run(async () => {
        // After NATS lost its data, all machines that have the file want to store it.
        if (await this.#find(bucket, id) === undefined) await writeFile(write, id, content);
      });
    } catch (error) {
      throw error instanceof SharingError ? error : new SharingError(faultOf(error));
    } finally {
      await content.cancel().catch(() => {});
    }
  }

  /** A file's content, complete or with an error at its end; undefined when the file does not exist. */
  async read(id: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const found = await this.#find(await this.#bucket(), id);
    return found && this.#read(found);
  }

  async has(id: string): Promise<boolean> {
    return await this.#find(await this.#bucket(), id) !== undefined;
  }

  /**
   * Removes a file; a missing file is no error. The library would store a message for each deleted file, for ever, and
   * could delete nothing while NATS is full.
   */
  async remove(id: string): Promise<void> {
    const { manager: { streams } } = this.#options;
    const found = await (await this.#bucket()).info(id);
    if (found === null) return;
    await streams.purge(stream, { filter: metaSubject(bucketName, id) });
    await streams.purge(stream, { filter: chunkSubject(bucketName, found.nuid) });
  }

  /** The bytes of all files in NATS, also of unfinished ones. */
  async bytes(): Promise<number> {
    await this.#bucket();
    return (await this.#options.manager.streams.info(stream)).state.bytes;
  }

  /** Removes the chunks of machines that ended in the middle of a put(). See SharedFileContents. */
  async removeOrphans(quietMs = orphanMs): Promise<number> {
    const { manager: { streams } } = this.#options;
    const bucket = await this.#bucket();
    const { state } = await streams.info(stream, { subjects_filter: chunkSubject(bucketName, ">") });
    // The files are listed after the chunks, so a file that is stored meanwhile has its chunks.
    const files = await bucket.list();
    for (const { name, deleted } of files) if (deleted) await this.remove(name);
    const known = new Set(files.map(({ nuid }) => chunkSubject(bucketName, nuid)));
    known.add(turnSubject(bucketName));
    const before = this.#orphans;
    this.#orphans = new Map();
    let removed = 0;
    for (const [subject, count] of Object.entries(state.subjects ?? {})) {
      if (known.has(subject)) continue;
      const earlier = before.get(subject);
      const isSame = earlier?.count === count;
      const sinceMs = isSame ? earlier.sinceMs : performance.now();
      if (!isSame || performance.now() - sinceMs < quietMs) this.#orphans.set(subject, { count, sinceMs });
      else if ((await streams.purge(stream, { filter: subject })).purged > 0) removed++;
    }
    return removed;
  }

  /** The ids of files that were stored before a time, in milliseconds since 1970. */
  async olderThan(ms: number): Promise<string[]> {
    const all = await (await this.#bucket()).list();
    return all.filter(({ deleted, mtime }) => !deleted && Date.parse(mtime) < ms).map(({ name }) => name);
  }

  async #find(bucket: ObjectStore, id: string): Promise<ObjectInfo | undefined> {
    const found = await bucket.info(id);
    return found === null || found.deleted ? undefined : found;
  }

  /** Opens the bucket for each call, because NATS can lose it. An existing bucket keeps its configuration. */
  async #bucket(): Promise<ObjectStore> {
    const { failure } = this;
    if (failure !== undefined) throw failure;
    const files = new Objm(this.#client);
    return await files.open(bucketName)
      .catch(() => withReplicas((replicas) => files.create(bucketName, { replicas })));
  }

  async *#read({ bucket, nuid, chunks, digest }: ObjectInfo): AsyncGenerator<Uint8Array> {
    if (chunks === 0) return;
    const consumer = await this.#client.consumers.get(`OBJ_${bucket}`, {
      filter_subjects: `$O.${bucket}.C.${nuid}`,
      deliver_policy: DeliverPolicy.All,
      inactive_threshold: 2 * deadlines.natsChunkMs,
    });
    const hash = createHash("sha256");
    for (let left = chunks; left > 0;) {
      const before = left;
      const found = await consumer.fetch({
        max_messages: Math.min(left, chunksAhead),
        expires: deadlines.natsChunkMs,
      });
      for await (const { data } of found) {
        left--;
        hash.update(data);
        yield data;
      }
      if (left === before) throw new Error("NATS sent only a part of the file");
    }
    check(hash, digest);
  }
}

function check(hash: Hash, digest: string): void {
  const found = hash.digest("base64url").replace(/=+$/, "");
  if (digest.replace(/=+$/, "") !== `SHA-256=${found}`) throw new Error("the checksum of the file is wrong");
}
