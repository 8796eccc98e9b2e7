/** The signals that end a program, and the one that must not. */

const signals = [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const;

/** Calls `interrupt` with the exit code of each signal that arrives. Windows has only SIGINT here. */
export function onSignals(interrupt: (code: number) => void): void {
  for (const [signal, code] of signals) {
    if (Deno.build.os === "windows" && signal !== "SIGINT") continue;
    Deno.addSignalListener(signal, () => interrupt(code));
  }
}

/** A write beyond a limit of the file size (`ulimit -f`) then fails; without a handler its signal ends the program. */
export function turnFileSizeLimitIntoErrors(): void {
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGXFSZ", () => {});
}
