/**
 * The files people share, on disk: each lies under its id in one folder, so that no name from outside is ever a path.
 * A file is written beside its place and moved there when it is whole; what a crash left half written is swept away.
 */

/** Why a file was not taken: an HTTP status and one sentence. */
export class UploadRefusal extends Error {
  override readonly name = "ShelfRefusal";
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

const idPattern = /^[A-Za-z0-9_-]{22}$/;
const partEnding = ".part";

/** A folder of files. */
export class UploadFolder {
  readonly #folder: string;

  /** The folder is made with the first file. */
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
   * Writes a file as it comes, never whole in memory; resolves to its size. Past `maxBytes`, and when the disk fails,
   * nothing stays and a ShelfRefusal is thrown.
   */
  async write(id: string, content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<number> {
    const part = this.#path(id) + partEnding;
    let bytes = 0;
    try {
      Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      using file = await Deno.open(part, { createNew: true, write: true, mode: 0o600 });
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > maxBytes) {
          throw new UploadRefusal(413, `The file is larger than the ${maxBytes} bytes that are left for it`);
        }
        for (let sent = 0; sent < chunk.length;) sent += await file.write(chunk.subarray(sent));
      }
      await file.syncData();
      await Deno.rename(part, this.#path(id));
      return bytes;
    } catch (error) {
      await Deno.remove(part).catch(() => {});
      if (error instanceof UploadRefusal) throw error;
      const isFull = error instanceof Error && /no space|quota/i.test(error.message);
      throw new UploadRefusal(
        isFull ? 507 : 500,
        isFull ? "The disk is full" : "The file could not be saved",
      );
    }
  }

  /** The file, open for reading; undefined when it is not there. */
  async open(id: string): Promise<Deno.FsFile | undefined> {
    try {
      return await Deno.open(this.#path(id));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Removes a file; one that is gone already is no fault. */
  remove(id: string): void {
    try {
      Deno.removeSync(this.#path(id));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Removes what is half written and what nobody knows any more; for the start, before anything is written. */
  tidy(known: ReadonlySet<string>): void {
    for (const { name, isFile } of this.#list()) {
      if (isFile && !known.has(name)) Deno.removeSync(`${this.#folder}/${name}`);
    }
  }

  /** Removes the folder with all files. */
  clear(): void {
    if (this.#list().length > 0) Deno.removeSync(this.#folder, { recursive: true });
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
