/**
 * A file that other threads bring to the disk (fdatasync), by FFI on Linux. Each asynchronous function of a Deno.FsFile
 * closes a copy of its descriptor, and then the system ends all locks that this process, so SQLite, has of the file.
 */
import { openLibc } from "../../open_libc.ts";

const symbols = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  fdatasync: { parameters: ["i32"], result: "i32" },
  syncBeside: { name: "fdatasync", parameters: ["i32"], result: "i32", nonblocking: true },
} as const;

/** O_RDWR and O_CLOEXEC of Linux. */
const openFlags = 2 | 0x80000;

type Libc = Deno.DynamicLibrary<typeof symbols>["symbols"];

const libc: Libc | undefined = openLibc(symbols);

/** Opens a file that exists. Undefined where FFI cannot be used (open_libc.ts), or if the system refuses. */
export function openDiskFile(path: string): DiskFile | undefined {
  if (libc === undefined) return undefined;
  const descriptor = libc.open(new TextEncoder().encode(`${path}\0`), openFlags);
  return descriptor < 0 ? undefined : new DiskFile(libc, descriptor);
}

/** An open file. */
export class DiskFile {
  readonly #libc: Libc;
  readonly #descriptor: number;

  constructor(libc: Libc, descriptor: number) {
    this.#libc = libc;
    this.#descriptor = descriptor;
  }

  /** Resolves when the disk has the file as it was at the call; false if the disk fails. This thread does not wait. */
  async sync(): Promise<boolean> {
    return await this.#libc.syncBeside(this.#descriptor) === 0;
  }

  /** The same, and this thread waits. */
  syncNow(): boolean {
    return this.#libc.fdatasync(this.#descriptor) === 0;
  }

  close(): void {
    this.#libc.close(this.#descriptor);
  }
}
