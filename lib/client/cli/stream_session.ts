/** Runs a pipe or a job on the standard streams, without a terminal UI. */

import type { ClientOptions } from "../core/client_options.ts";
import type { Appearance } from "../terminal/appearance.ts";
import type { StreamOutcome } from "./pipe.ts";
import { Pipe } from "./pipe.ts";
import type { ClientValues } from "./read_options.ts";
import type { RunPlan } from "./run_plan.ts";
import { Script } from "./script.ts";
import { inputLines, inputText, print, printError } from "./streams.ts";

/** Resolves when the work is done, or when no program reads the output any more. */
export async function runStreamSession(
  { job, since }: RunPlan,
  client: Omit<ClientOptions, "onEvent">,
  appearance: Appearance,
  { timestamps = "off", restricted, json, limit }: ClientValues,
): Promise<StreamOutcome> {
  const closed = Promise.withResolvers<StreamOutcome>();
  const parts = {
    client,
    appearance,
    timestamps,
    restricted,
    json,
    out(line: string): void {
      const fault = print(`${line}\n`);
      if (fault?.kind === "closed") closed.resolve({ kind: "done" });
      if (fault?.kind === "failed") closed.resolve({ kind: "not written", reason: fault.reason });
    },
    err: printError,
  };
  const session = job === undefined
    ? new Pipe({ ...parts, input: inputLines() })
    : new Script({ ...parts, job, input: inputText, since, limit });
  return await Promise.race([session.run(), closed.promise]);
}
