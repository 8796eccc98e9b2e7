/**
 * Copies an open file. It reads with synchronous functions of the descriptor that is open: when another one is closed, also
 * a copy that Deno makes for an asynchronous function, the system ends the locks of SQLite. The copy has its name only when
 * it is complete, only its owner can read it, and no part of it stays when that fails.
 */

/** Reading so much holds the thread for less than a tenth of a millisecond, if it is in memory. */
const chunkBytes = 256 * 1024;

/** Copies; others run between the chunks. One copy of a file at a time. */
export async function copyFile(file: Deno.FsFile, to: string): Promise<void> {
  for (const { part, chunk } of copying(file, to)) {
    for (let at = 0; at < chunk.length;) at += await part.write(chunk.subarray(at));
  }
}

/** The same without a pause. */
export function copyFileNow(file: Deno.FsFile, to: string): void {
  for (const { part, chunk } of copying(file, to)) {
    for (let at = 0; at < chunk.length;) at += part.writeSync(chunk.subarray(at));
  }
}

/** Each chunk of the file, to be written to the part of the copy; it is valid until the next one. */
function* copying(file: Deno.FsFile, to: string): Generator<{ part: Deno.FsFile; chunk: Uint8Array }> {
  const part = openPart(to);
  let isCopied = false;
  try {
    const chunk = new Uint8Array(chunkBytes);
    file.seekSync(0, Deno.SeekMode.Start);
    for (let read = file.readSync(chunk); read !== null; read = file.readSync(chunk)) {
      yield { part, chunk: chunk.subarray(0, read) };
    }
    end(part, to);
    isCopied = true;
  } finally {
    if (!isCopied) remove(part, to);
  }
}

function openPart(to: string): Deno.FsFile {
  return Deno.openSync(`${to}.part`, { create: true, write: true, truncate: true, mode: 0o600 });
}

function end(part: Deno.FsFile, to: string): void {
  // The part of an earlier try can have another mode.
  Deno.chmodSync(`${to}.part`, 0o600);
  Deno.renameSync(`${to}.part`, to);
  part.close();
}

function remove(part: Deno.FsFile, to: string): void {
  try {
    part.close();
    Deno.removeSync(`${to}.part`);
  } catch {
    // The folder is gone or cannot be changed.
  }
}
