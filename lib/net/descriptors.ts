/**
 * File descriptors of this process: how many it can open, and a reserve of open ones. Each socket and each open file
 * needs one. Windows has no such limit.
 */

const quietMs = 60_000;
const sparedAtOnce = 2;
/** The most descriptors that are counted. */
const maxCounted = 20_000;
const limitsFile = "/proc/self/limits";
const folders = ["/proc/self/fd", "/dev/fd"];

/** The number of open descriptors where the system does not show it: what a program has before its own files. */
export const usuallyOpen = 64;
let counted: number | undefined;

/**
 * The most file descriptors that this process can have; undefined if there is no limit or it is unknown. Deno shows the
 * limit only to a program with all permissions. Another program opens as many files as it can, up to `enough`, and
 * closes them: about 10 µs each, once. At `enough` the limit is unknown, and does not matter.
 */
export function descriptorLimit(enough = maxCounted): number | undefined {
  if (Deno.build.os === "windows") return undefined;
  try {
    // Deno raises the soft limit to the hard limit when it starts; a child process gets the same.
    const text = Deno.build.os === "linux"
      ? /^Max open files\s+(\S+)/m.exec(Deno.readTextFileSync(limitsFile))?.[1]
      : shellLimit();
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return undefined;
    counted ??= countFree(Math.min(enough, maxCounted));
    return counted === Infinity ? undefined : counted;
  }
}

/**
 * Whether so many descriptors are free now. Ask before a worker starts: Deno 2.9.6 ends the whole program when it has too
 * few for one.
 */
export function areDescriptorsFree(count: number): boolean {
  return countFree(count) === Infinity;
}

function countFree(enough: number): number {
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < enough) files.push(Deno.openSync("/dev/null"));
    return Infinity;
  } catch (error) {
    return isOutOfDescriptors(error) ? files.length + usuallyOpen : Infinity;
  } finally {
    for (const file of files) file.close();
  }
}

function shellLimit(): string {
  const { stdout } = new Deno.Command("sh", { args: ["-c", "ulimit -n"], stdin: "null", stderr: "null" })
    .outputSync();
  return new TextDecoder().decode(stdout).trim();
}

/** How many file descriptors are open now; undefined if the system does not show it. */
export function openDescriptors(): number | undefined {
  for (const folder of folders) {
    try {
      return [...Deno.readDirSync(folder)].length;
    } catch {
      // Another system has the other folder.
    }
  }
  return undefined;
}

/** Whether an operation failed because this process, or the whole system, has no free file descriptor. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EMFILE" || code === "ENFILE";
}

/**
 * Open file descriptors that are closed when a socket needs one: so the server can accept a connection, refuse it in
 * words and close it, although no descriptor is free.
 */
export class DescriptorReserve {
  readonly #size: number;
  readonly #files: Deno.FsFile[] = [];
  /** Descriptors that spare() has freed and that refill() must not take. */
  #spared = 0;
  /** When a descriptor was missing the last time. */
  #shortMs = -Infinity;

  /** Opens `size` descriptors, or as many as it can. */
  constructor(size: number) {
    this.#size = Deno.build.os === "windows" ? 0 : size;
    this.refill();
  }

  /** Frees one descriptor; false if none is left. */
  lend(): boolean {
    const file = this.#files.pop();
    file?.close();
    return file !== undefined;
  }

  /** Opens what was lent again; false while that fails, so no other descriptor is free. */
  refill(): boolean {
    try {
      while (this.#files.length < this.#size - this.#spared) this.#files.push(Deno.openSync("/dev/null"));
      return true;
    } catch {
      return false;
    }
  }

  /** Runs `act`, which opens one or two files and must work although no other descriptor is free. */
  async spare<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#spared += sparedAtOnce;
    for (let count = 0; count < sparedAtOnce; count++) this.lend();
    try {
      return await act();
    } finally {
      this.#spared -= sparedAtOnce;
      this.refill();
    }
  }

  /** Whether somebody must be told that no descriptor is free: not again for a minute after the last attempt. */
  isNews(): boolean {
    const nowMs = performance.now();
    const isNews = nowMs - this.#shortMs >= quietMs;
    this.#shortMs = nowMs;
    return isNews;
  }

  /** Closes all; call it once. */
  [Symbol.dispose](): void {
    for (const file of this.#files.splice(0)) file.close();
  }
}
