/** A real small disk (tmpfs) that a test can fill. It needs root on Linux. */

/** A mounted disk; unmounted with the test. */
export interface SmallDisk extends Disposable {
  readonly folder: string;
}

/** Runs a program; whether it succeeded. */
function run(program: string, ...args: string[]): boolean {
  return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
}

export const smallDisk: {
  readonly isPossible: boolean;
  /** With this many megabytes. */
  mount(megabytes: number): SmallDisk;
} = {
  get isPossible() {
    return Deno.build.os === "linux" && Deno.uid() === 0;
  },
  mount(megabytes) {
    const folder = Deno.makeTempDirSync({ prefix: "parley-disk-" });
    if (!run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "none", folder)) {
      throw new Error(`Cannot mount a tmpfs at ${folder}`);
    }
    return {
      folder,
      [Symbol.dispose]() {
        run("umount", "-l", folder);
        Deno.removeSync(folder);
      },
    };
  },
};

/** Fills the disk of this folder; remove() gives the space back. */
export function fillDisk(folder: string): { remove(): void } {
  const path = `${folder}/filler`;
  using file = Deno.openSync(path, { create: true, write: true });
  for (const size of [65_536, 4096]) {
    const block = new Uint8Array(size);
    try {
      for (;;) file.writeSync(block);
    } catch (error) {
      if (!(error instanceof Error) || !/no space/i.test(error.message)) throw error;
    }
  }
  return { remove: () => Deno.removeSync(path) };
}
