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
/** The number of files that one event removes, because an event has a maximum size. */
const removedAtOnce = 1000;

/** The files with a row in the store, and their content in the folder. */
export class UploadedFiles implements FileContents {
  readonly #hub: Hub;
  readonly #folder: UploadFolder;
  readonly #shared: SharedFileContents | undefined;
  /** Running downloads of files that another machine received. */
  readonly #fetching = new Map<string, Promise<void>>();

  /** Deletes the files without a row. */
  constructor(hub: Hub, folder: UploadFolder, shared?: SharedFileContents) {
    this.#hub = hub;
    this.#folder = folder;
    this.#shared = shared;
    folder.removeUnknown(new Set(this.all().map((file) => file.id)));
  }

  /** The rows of all files. */
  all(): UploadRow[] {
    return this.#hub.chat.store?.files.all() ?? [];
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

  /** Deletes old files; call it regularly. */
  async prune(): Promise<void> {
    const now = this.#hub.chat.clock.cautiousNow();
    const oldest = now - this.#hub.chat.settings.uploadKeep;
    const ids = this.all().filter((file) => file.createdMs < oldest).map((file) => file.id);
    for (let at = 0; at < ids.length; at += removedAtOnce) {
      const batch = ids.slice(at, at + removedAtOnce);
      await this.#hub.commit({ kind: "files removed", ids: batch });
    }
    await this.#pruneShared(now - abandonedMs).catch((error) =>
      this.#hub.chat.log("error", `Cannot look for old files in NATS: ${reasonOf(error)}`)
    );
  }

  /** Deletes shared files without a row, and what unfinished uploads left. */
  async #pruneShared(beforeMs: number): Promise<void> {
    const shared = this.#shared;
    if (shared === undefined) return;
    const registeredIds = new Set(this.all().map((file) => file.id));
    for (const id of await shared.olderThan(beforeMs)) {
      if (!registeredIds.has(id)) await shared.remove(id);
    }
    const removed = await shared.removeOrphans();
    if (removed === 0) return;
    const sentence = `Deleted the parts of ${removed} unfinished uploads that a machine left in NATS`;
    this.#hub.chat.log("info", sentence);
  }

  async exchangeMissing(): Promise<void> {
    const shared = this.#shared;
    if (shared === undefined) return;
    for (const file of this.all()) {
      using opened = await this.open(file);
      if (opened !== undefined && !await shared.has(file.id)) await shared.put(file.id, opened.readable);
    }
  }

  onAdded(file: UploadRow): void {
    this.open(file).then((opened) => opened?.close()).catch((error) =>
      this.#hub.chat.log("error", `Cannot fetch file ${file.id}: ${reasonOf(error)}`)
    );
  }

  onRemoved(id: string): void {
    try {
      this.#folder.remove(id);
    } catch (error) {
      // The next start deletes it, because it has no row any more.
      this.#hub.chat.log("error", `Cannot delete file ${id}: ${reasonOf(error)}`);
    }
    this.#shared?.remove(id).catch((error) =>
      // prune() deletes it later.
      this.#hub.chat.log("error", `Cannot delete file ${id} for the other machines: ${reasonOf(error)}`)
    );
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
      if (this.#hub.chat.store?.files.find(row.id) === undefined) this.#folder.remove(row.id);
    } catch (error) {
      this.#hub.chat.log(
        "error",
        `Cannot fetch file ${row.id}: ${reasonOf(error)}`,
      );
    } finally {
      this.#fetching.delete(row.id);
    }
  }

  /** Shares a new file with all machines, then announces it, so it stays available if this machine fails. */
  async announce(file: UploadRow): Promise<void> {
    const shared = this.#shared;
    try {
      if (shared !== undefined) {
        using opened = await this.#folder.open(file.id);
        if (opened !== undefined) await shared.put(file.id, opened.readable);
      }
      await this.#hub.commit({ kind: "file added", file });
    } catch (error) {
      this.#folder.remove(file.id);
      this.#hub.chat.log("error", `Cannot share file ${file.id}: ${reasonOf(error)}`);
      // When this fails, prune() removes it later.
      if (!isSharingFailure(error)) void shared?.remove(file.id).catch(() => {});
      if (this.#hub.chat.store?.database.failing) throw diskRefusal();
      const { status, sentence } = answerOf(error);
      throw new UploadRefusal(status, sentence);
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

/** The reason for the log; the bus refuses with a Refusal, which is not an Error. */
function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return (error as Partial<Refusal>).params?.at(-1) ?? String(error);
}
