/**
 * Programs of the machine that a test needs: `ignore: !hasProgram("tmux")`. Without the program the test is ignored.
 * With PARLEY_CI=1 a missing program is an error, or it would look like a passing test.
 */

import { granted } from "./permissions.ts";

/** Looks along PATH. False when this run may not start programs; throws in CI when the program is missing. */
export function hasProgram(name: string): boolean {
  return findProgram(name) !== undefined;
}

/** The path of the first of these programs that is installed; undefined and throwing as hasProgram() is. */
export function findProgram(...names: string[]): string | undefined {
  if (!granted("run", "read", "env", "net")) return undefined;
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  const found = names.flatMap((name) => folders.map((folder) => `${folder}/${name}`)).find(isExecutable);
  if (found === undefined && Deno.env.get("PARLEY_CI") === "1") {
    throw new Error(`Cannot test with "${names.join('" or "')}": it is not installed`);
  }
  return found;
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
