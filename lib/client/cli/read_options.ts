/** The values of all flags: from the command line, then the environment, then the settings file. */

import { deadlines } from "../../deadlines.ts";
import type { OptionFault, OptionRow, OptionValues, ParsedOptions } from "../../options.ts";
import { flagName, otherNames, parseOptions } from "../../options.ts";
import { clientFlags } from "./flags.ts";
import { configArguments, configPath } from "./config.ts";

/** The value of each flag of the client. */
export type ClientValues = OptionValues<typeof clientFlags>;

/** Reads the settings file if it exists. A fault is a sentence. */
export async function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ParsedOptions<typeof clientFlags> | OptionFault> {
  const first = parseOptions(clientFlags, args, environment);
  if ("fault" in first) return first;
  const path = first.values.config ?? configPath(environment, Deno.build.os);
  let text: string;
  try {
    if (path === undefined) return first;
    // It can be a pipe.
    text = await Deno.readTextFile(path, { signal: AbortSignal.timeout(deadlines.pipeMs) });
  } catch {
    return first.values.config === undefined ? first : { fault: `Cannot read the settings file "${path}"` };
  }
  const settings = configArguments(text, (name) => {
    const [key = name, row]: [string?, OptionRow?] =
      Object.entries<OptionRow>(clientFlags).find(([key, row]) =>
        [flagName(key), row.formerName].includes(name)
      ) ?? [];
    const names = [flagName(key), ...row === undefined ? [] : otherNames(row)];
    return Boolean(row?.env && environment[row.env]) ||
      args.some((word) => names.some((one) => isFlag(word, one)));
  });
  if ("fault" in settings) return { fault: `Cannot use the settings file "${path}": ${settings.fault}` };
  const all = parseOptions(clientFlags, [...settings, ...args], environment);
  return "fault" in all ? { fault: `${all.fault} (in "${path}")` } : all;
}

/** Whether an argument is the flag with this name; a name of one letter is a short one. */
function isFlag(word: string, name: string): boolean {
  if (name.length === 1) return word.startsWith(`-${name}`);
  const written = word.split("=", 1)[0];
  return written === `--${name}` || written === `--no-${name}`;
}
