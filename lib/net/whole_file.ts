/** Writes a small file whole or not at all, also when the disk becomes full meanwhile. */

/** Replaces the file; only its owner can read it. Throws the error of the system, and then leaves nothing behind. */
export function writeWholeFile(path: string, text: string): void {
  // Several programs can write the same file.
  const part = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.writeTextFileSync(part, text, { mode: 0o600 });
    Deno.renameSync(part, path);
  } catch (error) {
    try {
      Deno.removeSync(part);
    } catch {
      // It was not created.
    }
    throw error;
  }
}
