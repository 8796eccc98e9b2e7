/**
 * Writes one file to JetStream's object store: its chunks, then the message that names them (the layout is NATS' ADR-20).
 * The library's writer hides the reason of a failure when it cannot delete the chunks either.
 */
import { createHash } from "node:crypto";
import { type JetStreamClient, type JetStreamManager, JsHeaders } from "@nats-io/jetstream";
import { headers, nuid } from "@nats-io/transport-node";

const maxChunkBytes = 256 * 1024;

/** The stream of a bucket. */
export function bucketStream(bucket: string): string {
  return `OBJ_${bucket}`;
}

/** The subject of the chunks of a file; ">" for those of all files. */
export function chunkSubject(bucket: string, file: string): string {
  return `$O.${bucket}.C.${file}`;
}

/** The subject of the message that names the chunks of an object. */
export function metaSubject(bucket: string, name: string): string {
  const encoded = new TextEncoder().encode(name).toBase64({ alphabet: "base64url" });
  return `$O.${bucket}.M.${encoded}`;
}

/** The subject of nats_file_turn.ts. The name of a file in chunkSubject() is longer. */
export function turnSubject(bucket: string): string {
  return chunkSubject(bucket, "turn");
}

/** The parts that writeFile() uses. */
export interface WriteOptions {
  readonly client: Pick<JetStreamClient, "publish">;
  readonly manager: { readonly streams: Pick<JetStreamManager["streams"], "purge"> };
  readonly bucket: string;
  /** The largest message that NATS accepts. */
  readonly maxBytes: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Writes a file under a name that no file has. A failure leaves nothing, unless NATS cannot be reached. */
export async function writeFile(
  { client, manager, bucket, maxBytes = maxChunkBytes, now }: WriteOptions,
  name: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const file = nuid.next();
  const subject = chunkSubject(bucket, file);
  const chunkBytes = Math.min(maxChunkBytes, maxBytes);
  const hash = createHash("sha256");
  let size = 0;
  let chunks = 0;
  try {
    for await (const chunk of inChunks(content, chunkBytes)) {
      hash.update(chunk);
      size += chunk.length;
      chunks++;
      await client.publish(subject, chunk);
    }
    const fields = headers();
    fields.set(JsHeaders.RollupHdr, JsHeaders.RollupValueSubject);
    const digest = `SHA-256=${hash.digest().toString("base64").replaceAll("+", "-").replaceAll("/", "_")}`;
    const info = { name, bucket, nuid: file, size, chunks, digest, options: { max_chunk_size: chunkBytes } };
    const mtime = new Date(now()).toISOString();
    await client.publish(metaSubject(bucket, name), JSON.stringify({ ...info, mtime, deleted: false }), {
      headers: fields,
    });
  } catch (error) {
    // The chunks that stay when this fails too are removed later (NatsFiles.removeOrphans).
    await manager.streams.purge(bucketStream(bucket), { filter: subject }).catch(() => {});
    throw error;
  }
}

/** The same bytes in chunks of this size; the last one can be shorter. */
async function* inChunks(content: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(bytes);
  let used = 0;
  for await (const part of content) {
    for (let at = 0; at < part.length;) {
      const taken = part.subarray(at, at + bytes - used);
      chunk.set(taken, used);
      used += taken.length;
      at += taken.length;
      if (used < bytes) continue;
      yield chunk;
      chunk = new Uint8Array(bytes);
      used = 0;
    }
  }
  if (used > 0) yield chunk.subarray(0, used);
}
