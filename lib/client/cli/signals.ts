/** The signals that end a program. */

const signals = [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const;

/** Calls with the exit code of each signal that comes. What Windows has no signal for is left out there. */
export function onSignals(interrupt: (code: number) => void): void {
  for (const [signal, code] of signals) {
    if (Deno.build.os === "windows" && signal !== "SIGINT") continue;
    Deno.addSignalListener(signal, () => interrupt(code));
  }
}
