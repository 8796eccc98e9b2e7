/** The signals that end a program. */

const signals = [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const;

/** Calls `interrupt` with the exit code of each signal that arrives. Windows has only SIGINT here. */
export function onSignals(interrupt: (code: number) => void): void {
  for (const [signal, code] of signals) {
    if (Deno.build.os === "windows" && signal !== "SIGINT") continue;
    Deno.addSignalListener(signal, () => interrupt(code));
  }
}
