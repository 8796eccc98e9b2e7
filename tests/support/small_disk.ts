/**
 * A disk that is full when the test says so, without the rights of root: the system limits the length of files of this
 * process (setrlimit), so SQLite, Deno and every other writer get a real error of the system.
 */
import { granted } from "./permissions.ts";

/** Tests with a full disk need a folder and the C library of Linux. */
export const onSmallDisk = { ignore: Deno.build.os !== "linux" || !granted("read", "write", "ffi") };

const fileSize = 1;
const tooLongSignal = 25;
const unlimited = 0xffff_ffff_ffff_ffffn;
/** Shorter than a page of SQLite, and long enough for the small files of others. */
const smallBytes = 512n;

/** Makes the disk full and gives its space back; the end of its scope gives it back too. */
export interface SmallDisk extends Disposable {
  fill(): void;
  freeSpace(): void;
}

/** The disk of this process. */
export function smallDisk(): SmallDisk {
  const library = Deno.dlopen("libc.so.6", {
    setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    signal: { parameters: ["i32", "usize"], result: "usize" },
  });
  const limit = (bytes: bigint) => {
    const failed = library.symbols.setrlimit(fileSize, new BigUint64Array([bytes, unlimited]));
    if (failed !== 0) {
      throw new Error("Cannot limit the length of files: start the tests without such a limit");
    }
  };
  // Without this, a write over the limit ends the process; 1 is SIG_IGN.
  library.symbols.signal(tooLongSignal, 1n);
  return {
    fill: () => limit(smallBytes),
    freeSpace: () => limit(unlimited),
    [Symbol.dispose]() {
      limit(unlimited);
      library.close();
    },
  };
}
