/**
 * The uploaded files on this machine: it opens them, exchanges them with the other machines, and prunes old files. The
 * routes are in upload_routes.ts.
 */
import type { FileContents, SharedFileContents, SharingFailure } from "../chat/file_contents.ts";
import type { Refusal } from "../chat/refusal.ts";
import type { Hub } from "../hub/hub.ts";
import type { UploadRow } from "../store/uploads.ts";
import { diskRefusal, type UploadFolder, UploadRefusal } from "./upload_folder.ts";

/** A shared file that still has no row after this time comes from a machine that ended during an upload. */
const abandonedMs = 3_600_000;
/** A guest shares a file in a message when it has arrived; nobody can know the address of a file that is in none. */
const unsharedMs = 24 * 3_600_000;
/** The number of files that one event removes, because an event has a maximum size. */
const removedAtOnce = 50;
/** So many small files are deleted at once in this time; deleting one costs about 50 µs. */
const quickFiles = 20;
const quickMs = 50;
/** The number of rows that are read together, while the machines exchange files. */
const exchangedAtOnce = 100;

/** The files with a row in the store, and their content in the folder. */
export class UploadedFiles implements FileContents {
  readonly #hub: Hub;
  readonly #folder: UploadFolder;
  readonly #shared: SharedFileContents | undefined;
  /** Running downloads of files that another machine received. */
  readonly #fetching = new Map<string, Promise<void>>();
  #removing = Promise.resolve();
  /** The files that were deleted at once since a time. */
  #quick = { sinceMs: 0, files: 0 };

  constructor(hub: Hub, folder: UploadFolder, shared?: SharedFileContents) {
    this.#hub = hub;
    this.#folder = folder;
    this.#shared = shared;
    folder.removeUnknown((id) => this.#find(id) !== undefined).catch((error) =>
      hub.chat.log("error", `Cannot delete the files of unfinished uploads: ${reasonOf(error)}`)
    );
  }

  #find(id: string): UploadRow | undefined {
    return this.#hub.chat.store?.files.find(id);
  }

  /** Whether other machines have files that this one can load from them. */
  get isShared(): boolean {
    return this.#shared !== undefined;
  }

  /** Throws an UploadRefusal when a new file cannot be shared now. */
  checkSharing(): void {
    const failure = this.#shared?.failure;
    if (failure !== undefined) throw new UploadRefusal(503, failure.sentence);
  }

  /**
   * Deletes old files, and files of guests that are in no message; call it regularly. Resolves when their content is
   * deleted too.
   */
  async prune(): Promise<void> {
    const now = this.#hub.chat.clock.cautiousNow();
    const files = this.#hub.chat.store?.files;
    const oldest = now - this.#hub.chat.settings.uploadKeep;
    await this.#removeWhile(() => files?.olderThan(oldest, removedAtOnce) ?? []);
    await this.#removeWhile(() => files?.unsharedOfGuests(now - unsharedMs, removedAtOnce) ?? []);
    await this.#pruneShared(now - abandonedMs).catch((error) =>
      this.#hub.chat.log("error", `Cannot look for old files in NATS: ${reasonOf(error)}`)
    );
  }

  async #removeWhile(next: () => readonly string[]): Promise<void> {
    for (;;) {
      const ids = next();
      if (ids.length === 0) return;
      await this.#hub.commit({ kind: "files removed", ids });
      await this.#removing;
      // Otherwise nothing is removed, for example while the machines cannot reach each other.
      if (ids.some((id) => this.#find(id) !== undefined)) return;
    }
  }

  /** Deletes shared files without a row, and what unfinished uploads left. */
  async #pruneShared(beforeMs: number): Promise<void> {
    const shared = this.#shared;
    if (shared === undefined) return;
    for (const id of await shared.olderThan(beforeMs)) {
      if (this.#find(id) === undefined) await shared.remove(id);
    }
    const removed = await shared.removeOrphans();
    if (removed === 0) return;
    const sentence = `Deleted the parts of ${removed} unfinished uploads that a machine left in NATS`;
    this.#hub.chat.log("info", sentence);
  }

  /** Deletes one file; `by` is the name of an operator, if it is not their own. Throws an UploadRefusal. */
  async remove({ id, owner }: UploadRow, by: string | undefined): Promise<void> {
    try {
      await this.#hub.commit({ kind: "files removed", ids: [id], ...(by !== undefined && { by, owner }) });
    } catch (error) {
      throw new UploadRefusal(503, `Cannot delete the file: ${reasonOf(error)}`);
    }
  }

  async exchangeMissing(): Promise<void> {
    const shared = this.#shared;
    if (shared === undefined) return;
    for (let after = "";;) {
      const page = this.#hub.chat.store?.files.page(after, exchangedAtOnce) ?? [];
      for (const file of page) {
        using opened = await this.open(file);
        if (opened !== undefined && !await shared.has(file.id)) await shared.put(file.id, opened.readable);
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  onAdded(file: UploadRow): void {
    this.open(file).then((opened) => opened?.close()).catch((error) =>
      this.#hub.chat.log("error", `Cannot fetch file ${shownId(file.id)}: ${reasonOf(error)}`)
    );
  }

  onRemoved(id: string): void {
    this.#remove(id);
    this.#shared?.remove(id).catch((error) =>
      // prune() deletes it later.
      this.#hub.chat.log(
        "error",
        `Cannot delete file ${shownId(id)} for the other machines: ${reasonOf(error)}`,
      )
    );
  }

  /** Deletes the content of a file: a few small ones at once, others one after the other while the chat continues. */
  #remove(id: string): void {
    const onError = (error: unknown) =>
      // The next start deletes it, because it has no row any more.
      this.#hub.chat.log("error", `Cannot delete file ${shownId(id)}: ${reasonOf(error)}`);
    try {
      if (this.#isQuick() && this.#folder.removeSmall(id)) return;
    } catch (error) {
      return onError(error);
    }
    this.#removing = this.#removing.then(() => this.#folder.remove(id)).catch(onError);
  }

  /** Whether only a few files were deleted just now. */
  #isQuick(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#quick.sinceMs > quickMs) this.#quick = { sinceMs: nowMs, files: 0 };
    return ++this.#quick.files <= quickFiles;
  }

  /** The file; downloads it if another machine received it. */
  async open(row: UploadRow): Promise<Deno.FsFile | undefined> {
    const file = await this.#folder.open(row.id);
    const shared = this.#shared;
    if (file !== undefined || shared === undefined) return file;
    const fetching = this.#fetching.get(row.id) ?? this.#fetch(row, shared);
    this.#fetching.set(row.id, fetching);
    await fetching;
    return this.#folder.open(row.id);
  }

  async #fetch(row: UploadRow, shared: SharedFileContents): Promise<void> {
    try {
      const content = await shared.read(row.id);
      if (content === undefined) throw new Error("no machine has shared it");
      await this.#folder.write(row.id, content, {
        maxBytes: row.bytes,
        tooLarge: "its copy on the other machines is too large",
        declaredBytes: row.bytes,
      });
      if (this.#find(row.id) === undefined) await this.#folder.remove(row.id);
    } catch (error) {
      this.#hub.chat.log("error", `Cannot fetch file ${shownId(row.id)}: ${reasonOf(error)}`);
    } finally {
      this.#fetching.delete(row.id);
    }
  }

  /**
   * Shares a new file with all machines, then announces it, so it stays available if this machine fails. Throws an
   * UploadRefusal if that fails, or if the file is over a limit or without an account by now.
   */
  async announce(file: UploadRow): Promise<void> {
    const shared = this.#shared;
    const { store, uploads } = this.#hub.chat;
    try {
      if (shared !== undefined) {
        using opened = await this.#folder.open(file.id);
        if (opened !== undefined) await shared.put(file.id, opened.readable);
      }
      await this.#hub.commit({ kind: "file added", file, limits: uploads.limitsOf(file.owner) });
    } catch (error) {
      await this.#folder.remove(file.id);
      this.#hub.chat.log("error", `Cannot share file ${shownId(file.id)}: ${reasonOf(error)}`);
      // When this fails, prune() removes it later.
      if (!isSharingFailure(error)) void shared?.remove(file.id).catch(() => {});
      if (store?.database.failing) throw diskRefusal();
      const { status, sentence } = answerOf(error);
      throw new UploadRefusal(status, sentence);
    }
    if (store !== undefined && this.#find(file.id) === undefined) {
      throw new UploadRefusal(
        413,
        "The file was not kept: there is no space for it any more, or you deleted it",
      );
    }
  }
}

/** The answer to a person whose file was not shared. The bus refuses with a Refusal, whose sentence is about messages. */
function answerOf(error: unknown): { status: number; sentence: string } {
  if (isSharingFailure(error)) return { status: error.isFull ? 507 : 503, sentence: error.sentence };
  return { status: 503, sentence: `Cannot share the file: ${reasonOf(error)}` };
}

function isSharingFailure(error: unknown): error is SharingFailure {
  return error instanceof Error && "sentence" in error;
}

/** The beginning of an id, for the log: everybody who knows it all can read the file. */
function shownId(id: string): string {
  return `${id.slice(0, 6)}…`;
}

/** The reason for the log; the bus refuses with a Refusal, which is not an Error. */
function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return (error as Partial<Refusal>).params?.at(-1) ?? String(error);
}
