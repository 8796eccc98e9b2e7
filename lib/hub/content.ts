/** The content of shared files between machines: each that knows of a file fetches what is in it from one that has it. */
import type { FileRow } from "../store/files.ts";

/** A machine's own files (lib/web). */
export interface Content {
  /** Part of a file, from a byte on, less than a megabyte; undefined when it is not here. */
  read(id: string, at: number): Promise<Uint8Array | undefined>;
  /** A file came, perhaps on another machine. */
  added(file: FileRow): void;
  removed(ids: readonly string[]): void;
}

/** Gives a part of a file that another machine has; undefined when none has it. */
export type Fetch = (id: string, at: number) => Promise<Uint8Array | undefined>;
