/** Tests whether a disk has space. Only a write shows it, because quotas and limits of the process count too. */

const chunk = new Uint8Array(1024 * 1024);

/** Whether a new file of so many bytes can be written; it is removed again. */
export function hasSpace(path: string, bytes: number): boolean {
  let file: Deno.FsFile | undefined;
  try {
    file = Deno.openSync(path, { create: true, write: true, mode: 0o600 });
    for (let left = bytes; left > 0;) left -= file.writeSync(chunk.subarray(0, Math.min(left, chunk.length)));
    return true;
  } catch {
    return false;
  } finally {
    file?.close();
    try {
      Deno.removeSync(path);
    } catch {
      // It was not created.
    }
  }
}
