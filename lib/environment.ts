/**
 * Environment variables by their names. A program that is allowed to read only these (`--allow-env=PARLEY_*`) cannot
 * list the environment.
 */

/** The variables that are set, or the sentence that says which permission is missing. */
export function readEnvironment(
  names: Iterable<string>,
  advice: string,
): { readonly values: Record<string, string> } | { readonly fault: string } {
  const values: Record<string, string> = {};
  for (const name of names) {
    try {
      const value = Deno.env.get(name);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      return { fault: `Cannot read the environment variable ${name}: start it with ${advice}` };
    }
  }
  return { values };
}
