/** A small file system in memory that a test can fill and free again. Linux and root only. */

/** Whether this machine can make one. */
export function canMount(): boolean {
  return Deno.build.os === "linux" && Deno.uid() === 0;
}

/** A mounted file system; it is unmounted at the end. */
export class MountedDisk implements AsyncDisposable {
  readonly folder: string;
  /** Whether the test has filled it. */
  isFull = false;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Mounts it on a new folder; `size` as mount(8) takes it: "16m". */
  static async mount(folder: string, size: string): Promise<MountedDisk> {
    Deno.mkdirSync(folder);
    await run("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder);
    return new MountedDisk(folder);
  }

  /** Writes a file until there is no space left. */
  async fill(): Promise<void> {
    this.isFull = true;
    using file = await Deno.open(this.#filler, { write: true, create: true, append: true });
    for (let bytes = new Uint8Array(1024 * 1024); bytes.length > 0;) {
      try {
        await file.write(bytes);
      } catch (error) {
        if (!isFull(error)) throw error;
        bytes = bytes.subarray(0, bytes.length >> 1);
      }
    }
  }

  /** Deletes that file. */
  async free(): Promise<void> {
    this.isFull = false;
    await Deno.remove(this.#filler).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", this.folder);
  }

  get #filler(): string {
    return `${this.folder}/filler`;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && /os error 28\b/.test(error.message);
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
