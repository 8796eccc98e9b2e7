/** The content of shared files between machines: each keeps all files, and gives what it takes in to all. */
import type { UploadRow } from "../store/uploads.ts";

/** A machine's own files (lib/server/web). */
export interface FileContents {
  /** A file came, perhaps on another machine. */
  added(file: UploadRow): void;
  removed(ids: readonly string[]): void;
  /** Fetches what is not here and gives what only this machine has; to be called when much may have been missed. */
  complete(): Promise<void>;
}

/** Where machines give each other content, by the ids of files; each call rejects when it cannot be reached. */
export interface SharedFileContents {
  /** Resolves when all of it is there. */
  put(id: string, content: ReadableStream<Uint8Array>): Promise<void>;
  /** Whole, or with an error at its end; undefined when it is not there. */
  take(id: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  has(id: string): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Ids of what was put there before a time, in milliseconds since 1970. */
  olderThan(ms: number): Promise<string[]>;
}
