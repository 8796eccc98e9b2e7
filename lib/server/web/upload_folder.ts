/**
 * Shared files on disk. Each file is in one folder with its id as its name, so a name from a client is never a path.
 * A file is written under a temporary name and renamed when it is complete; removeUnknown() deletes the incomplete
 * files of a crash. uploaded_files.ts prunes old files.
 */

import { statfsSync } from "node:fs";
import { isOutOfDescriptors } from "../../net/descriptors.ts";
import { nextTurn } from "../../turns.ts";

/** Files that are compared with their rows without a pause; one costs about 5 µs. */
const checkedAtOnce = 500;

/** The refusal of a file: an HTTP status and one sentence. */
export class UploadRefusal extends Error {
  override readonly name = "UploadRefusal";
  readonly status: number;
  /** When another try can succeed. */
  readonly retrySeconds: number | undefined;

  constructor(status: number, sentence: string, retrySeconds?: number) {
    super(sentence);
    this.status = status;
    this.retrySeconds = retrySeconds;
  }
}

/** The refusal while the server cannot save the row of a file. */
export function diskRefusal(): UploadRefusal {
  return new UploadRefusal(
    507,
    "The server cannot save the file, because its disk is full or fails; try again later",
  );
}

function fullRefusal(): UploadRefusal {
  return new UploadRefusal(507, "The disk of the server is full: try again later, or tell its operator");
}

/** The last part of a disk is for the database: a file must not stop the chat from being saved. */
const keptBytes = 64 * 1024 * 1024;
/** On a small disk, this part of it is enough. */
const keptShare = 1 / 20;
/** How many bytes arrive before the space on the disk is read again: others write there too. */
const checkedBytes = 256 * 1024;

/** The disk deletes a file of this size in less than a millisecond. */
const smallBytes = 16 * 1024 * 1024;

const idPattern = /^[A-Za-z0-9_-]{22}$/;
const partEnding = ".part";

/** The folder of shared files. */
export class UploadFolder {
  readonly #folder: string;

  /** The folder is created with the first file. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A new id: 128 random bits. */
  newId(): string {
    return crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** Whether a text can be an id. */
  isId(text: string): boolean {
    return idPattern.test(text);
  }

  /**
   * Writes a file while it arrives, without holding it in memory; resolves to its size. Over `maxBytes`, and if the
   * disk fails or is nearly full, it deletes the file and throws an UploadRefusal; `tooLarge` is its sentence about the
   * size. `corrections` are made when all has arrived. Without a free file descriptor it throws the error.
   */
  async write(
    id: string,
    content: AsyncIterable<Uint8Array>,
    { maxBytes, tooLarge, declaredBytes = 0, corrections = [] }: {
      readonly maxBytes: number;
      readonly tooLarge: string;
      /** The size, if the sender told it. */
      readonly declaredBytes?: number;
      readonly corrections?: readonly { readonly at: number; readonly bytes: Uint8Array }[];
    },
  ): Promise<number> {
    const part = this.#path(id) + partEnding;
    let [bytes, checkAt] = [0, checkedBytes];
    try {
      Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      if (declaredBytes > this.#spaceForFiles()) throw fullRefusal();
      using file = await Deno.open(part, { createNew: true, write: true, mode: 0o600 });
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new UploadRefusal(413, tooLarge);
        if (bytes >= checkAt && this.#spaceForFiles() < chunk.length) throw fullRefusal();
        if (bytes >= checkAt) checkAt = bytes + checkedBytes;
        await writeAll(file, chunk);
      }
      for (const { at, bytes } of corrections) {
        await file.seek(at, Deno.SeekMode.Start);
        await writeAll(file, bytes);
      }
      await file.syncData();
      await Deno.rename(part, this.#path(id));
      return bytes;
    } catch (error) {
      await Deno.remove(part).catch(() => {});
      if (error instanceof UploadRefusal || isOutOfDescriptors(error)) throw error;
      const isFull = error instanceof Error && /no space|quota|too large/i.test(error.message);
      throw isFull ? fullRefusal() : new UploadRefusal(500, "The server could not save the file");
    }
  }

  /** The file, open for reading; undefined if it is missing. */
  async open(id: string): Promise<Deno.FsFile | undefined> {
    try {
      return await Deno.open(this.#path(id));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Deletes a file; a missing file is not an error. A large file takes the disk a while. */
  async remove(id: string): Promise<void> {
    try {
      await Deno.remove(this.#path(id));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Deletes a file at once if it is so small that nobody has to wait; false if it is larger. */
  removeSmall(id: string): boolean {
    try {
      if (Deno.statSync(this.#path(id)).size > smallBytes) return false;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    removeIfPresent(this.#path(id));
    return true;
  }

  /**
   * Deletes incomplete files and files that nobody knows; call it at the start, before anything is written. A few files
   * are checked at once, many in turns while the server works.
   */
  async removeUnknown(isKnown: (id: string) => boolean): Promise<void> {
    let checked = 0;
    for (const { name, isFile } of this.#list()) {
      if (isFile && !isKnown(name)) removeIfPresent(`${this.#folder}/${name}`);
      if (++checked % checkedAtOnce === 0) await nextTurn();
    }
  }

  /** Deletes the folder with all files. */
  clear(): void {
    if (this.#list().length > 0) Deno.removeSync(this.#folder, { recursive: true });
  }

  /** Infinity if the system does not tell it. */
  #spaceForFiles(): number {
    try {
      const { bsize, blocks, bavail } = statfsSync(this.#folder);
      if (blocks === 0) return Infinity;
      return bavail * bsize - Math.min(keptBytes, blocks * bsize * keptShare);
    } catch {
      return Infinity;
    }
  }

  #list(): Deno.DirEntry[] {
    try {
      return [...Deno.readDirSync(this.#folder)];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  #path(id: string): string {
    if (!this.isId(id)) throw new RangeError(`Cannot use "${id}" as the id of a file`);
    return `${this.#folder}/${id}`;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
}

function removeIfPresent(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
