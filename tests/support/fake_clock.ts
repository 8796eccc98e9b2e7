/** The wall clock of another program, which a test sets wrong (libfaketime). Its monotonic clock stays right. */

const library = `/usr/lib/${Deno.build.arch}-linux-gnu/faketime/libfaketimeMT.so.1`;

/** A clock for programs that start with its environment. */
export class FakeClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #path: string;

  /** The error of the clock is in a file at this path. Throws where isAvailable() is false. */
  constructor(path: string) {
    if (!FakeClock.isAvailable()) throw new Error("libfaketime is not installed");
    this.#path = path;
    this.set(0);
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    };
  }

  /** Whether this system has the library. */
  static isAvailable(): boolean {
    if (Deno.build.os !== "linux") return false;
    try {
      return Deno.statSync(library).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** Sets the error of the clock; it is positive if the clock is ahead. The program notices it within a second. */
  set(ms: number): void {
    const seconds = ms / 1000;
    // A program that reads a half-written file would get another time.
    Deno.writeTextFileSync(`${this.#path}.new`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    Deno.renameSync(`${this.#path}.new`, this.#path);
  }
}
