/** Files that a program writes while a test reads them. */

/** The text of a file; empty while there is none. */
export function fileText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
