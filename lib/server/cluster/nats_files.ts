/**
 * The content of shared files for all machines of a chat: JetStream's object store, by the file's id. The NATS
 * library writes files; our own loop reads their chunks (the layout is NATS' ADR-20). The library's reader loads a
 * whole file into memory when the client is slower than NATS: 615 MB for a file of 512 MB. This loop needs a few
 * chunks.
 */
import { createHash, type Hash } from "node:crypto";
import { DeliverPolicy, jetstream, type JetStreamClient } from "@nats-io/jetstream";
import { type ObjectInfo, type ObjectStore, Objm } from "@nats-io/obj";
import type { NatsConnection } from "@nats-io/transport-node";
import { withReplicas } from "./nats_stream.ts";

const bucketName = "PARLEY_FILES";
const chunkBytes = 256 * 1024;
/** Chunks in memory at a time. */
const chunksAhead = 16;
/** The longest time until the next chunk. */
const timeoutMs = 10_000;

/** The files of one chat. Every call throws when NATS cannot be reached. */
export class NatsFiles {
  readonly #client: JetStreamClient;
  readonly #isUp: () => boolean;

  /** While `isUp` is false, every call throws at once. */
  constructor(connection: NatsConnection, isUp: () => boolean) {
    this.#client = jetstream(connection, { timeout: timeoutMs });
    this.#isUp = isUp;
  }

  /** Stores a file; resolves when NATS has all of it. */
  async put(id: string, content: ReadableStream<Uint8Array>): Promise<void> {
    const bucket = await this.#bucket();
    await bucket.put({ name: id, options: { max_chunk_size: chunkBytes } }, content);
  }

  /** A file's content, complete or with an error at its end; undefined when the file does not exist. */
  async read(id: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const found = await this.#find(await this.#bucket(), id);
    return found && this.#read(found);
  }

  async has(id: string): Promise<boolean> {
    return await this.#find(await this.#bucket(), id) !== undefined;
  }

  /** Removes a file; a missing file is no error. */
  async remove(id: string): Promise<void> {
    const bucket = await this.#bucket();
    if (await this.#find(bucket, id) !== undefined) await bucket.delete(id);
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
    if (!this.#isUp()) throw new Error("Cannot reach NATS");
    const files = new Objm(this.#client);
    return await files.open(bucketName)
      .catch(() => withReplicas((replicas) => files.create(bucketName, { replicas })));
  }

  async *#read({ bucket, nuid, chunks, digest }: ObjectInfo): AsyncGenerator<Uint8Array> {
    if (chunks === 0) return;
    const consumer = await this.#client.consumers.get(`OBJ_${bucket}`, {
      filter_subjects: `$O.${bucket}.C.${nuid}`,
      deliver_policy: DeliverPolicy.All,
      inactive_threshold: 2 * timeoutMs,
    });
    const hash = createHash("sha256");
    for (let left = chunks; left > 0;) {
      const before = left;
      const found = await consumer.fetch({
        max_messages: Math.min(left, chunksAhead),
        expires: timeoutMs,
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
