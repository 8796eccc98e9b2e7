/**
 * The content of shared files between machines: each machine has all files, and shares its new files with the others.
 */
import type { UploadRow } from "../store/uploads.ts";

/** The files on this machine (lib/server/web). */
export interface FileContents {
  /** A file was uploaded, here or on another machine. */
  onAdded(file: UploadRow): void;
  /** The row of a file was removed. */
  onRemoved(id: string): void;
  /**
   * Fetches files that are missing here, and shares files that only this machine has. Call it after a lost
   * connection.
   */
  exchangeMissing(): Promise<void>;
}

/** A file that could not be shared. The message is for the log, and `sentence` for the person who uploads it. */
export interface SharingFailure extends Error {
  readonly sentence: string;
  /** Whether the reason is that there is no space. */
  readonly isFull: boolean;
}

/** The content that machines share, by the ids of files. Each call rejects when the others cannot be reached. */
export interface SharedFileContents {
  /** The reason why nothing can be shared now, if it is known. */
  readonly failure: SharingFailure | undefined;
  /** Resolves when all of the content is shared. Otherwise nothing of it stays; rejects with a SharingFailure. */
  put(id: string, content: ReadableStream<Uint8Array>): Promise<void>;
  /** The whole content, or an error at its end; undefined if the file is missing. */
  read(id: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  has(id: string): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Ids of the files that were shared before a time, in milliseconds since 1970. */
  olderThan(ms: number): Promise<string[]>;
  /**
   * Removes the parts that a machine left when it ended in the middle of a put(). It takes two calls that are far apart:
   * the first finds the parts, the second removes them. Returns the number of unfinished files that this machine removed.
   */
  removeOrphans(): Promise<number>;
}
