/** The values of all flags: from the command line, then the environment, then the settings file. */

import type { OptionFault, OptionValues, ParsedOptions } from "../../options.ts";
import { flagName, parseOptions } from "../../options.ts";
import { clientFlags } from "./flags.ts";
import { configArguments, configPath } from "./config.ts";

/** The value of each flag of the client. */
export type ClientValues = OptionValues<typeof clientFlags>;

/** Reads the settings file if it exists. A fault is a sentence. */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ParsedOptions<typeof clientFlags> | OptionFault {
  const first = parseOptions(clientFlags, args, environment);
  if ("fault" in first) return first;
  const path = first.values.config ?? configPath(environment, Deno.build.os);
  let text: string;
  try {
    if (path === undefined) return first;
    text = Deno.readTextFileSync(path);
  } catch {
    return first.values.config === undefined ? first : { fault: `Cannot read the settings file "${path}"` };
  }
  const settings = configArguments(text, (name) => {
    const row = Object.entries(clientFlags).find(([key]) => flagName(key) === name)?.[1];
    const variable = row !== undefined && "env" in row ? environment[row.env] : undefined;
    return Boolean(variable) ||
      args.some((word) => isFlag(word, name, row && "short" in row ? row.short : ""));
  });
  if ("fault" in settings) return { fault: `Cannot use the settings file "${path}": ${settings.fault}` };
  const all = parseOptions(clientFlags, [...settings, ...args], environment);
  return "fault" in all ? { fault: `${all.fault} (in "${path}")` } : all;
}

function isFlag(word: string, name: string, short: string | undefined): boolean {
  const written = word.split("=", 1)[0];
  if (written === `--${name}` || written === `--no-${name}`) return true;
  return Boolean(short) && new RegExp(`^-${short}`).test(word) && !word.startsWith("--");
}
