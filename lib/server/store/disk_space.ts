/** Tests whether a disk has space. Only a write shows it, because quotas and limits of the process count too. */

import { statfsSync } from "node:fs";

const chunk = new Uint8Array(1024 * 1024);

/**
 * Whether the log of a database can grow by so many bytes: as many are written into another file, behind a hole that is
 * as long as the log, because limits of the file size count too. The file is removed again.
 */
export function canGrow(database: string, bytes: number): boolean {
  const path = `${database}-probe`;
  let file: Deno.FsFile | undefined;
  try {
    file = Deno.openSync(path, { create: true, write: true, mode: 0o600 });
    file.seekSync(lengthOf(`${database}-wal`), Deno.SeekMode.Start);
    for (let left = bytes; left > 0;) left -= file.writeSync(chunk.subarray(0, Math.min(left, chunk.length)));
    return true;
  } catch (error) {
    // The database needs no other file descriptor.
    return isOutOfDescriptors(error) && freeBytes(database) > bytes;
  } finally {
    file?.close();
    try {
      Deno.removeSync(path);
    } catch {
      // It was not created.
    }
  }
}

function lengthOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

/** Whether no file descriptor is free, so that the test itself failed. */
function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE");
}

/** The free bytes of the disk; quotas and limits do not count. */
function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
