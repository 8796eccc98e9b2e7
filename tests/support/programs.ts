/**
 * Which programs of the machine a test may use: `ignore: !hasProgram("irssi")`. A developer without the program
 * sees the test ignored. Where PARLEY_CI=1 is set the program must be there, or a missing installation would
 * look like a passing test.
 */

import { granted } from "./permissions.ts";

/** Looks along PATH. False when this run may not start programs; throws in CI when the program is missing. */
export function hasProgram(name: string): boolean {
  if (!granted("run", "read", "env", "net")) return false;
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  if (folders.some((folder) => isExecutable(`${folder}/${name}`))) return true;
  if (Deno.env.get("PARLEY_CI") === "1") throw new Error(`Cannot test with "${name}": it is not installed`);
  return false;
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
