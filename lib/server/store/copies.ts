/**
 * The copies of the database in the data folder: by BACKUP, before an upgrade and before times are mended. They keep
 * what is deleted later, so only their owner can read them, and they are removed when they are old or too many.
 */
import { removeQuietly } from "./open.ts";
import type { SavedValues } from "./saved_values.ts";

/** How long copies stay, and how many of BACKUP. */
export interface CopyLimits {
  /** Milliseconds; 0 means no limit. */
  readonly ageMs: number;
  /** The newest copies of BACKUP that stay; 0 means no limit. */
  readonly count: number;
}

const backup = /^backup-\d{4}-\d\d-\d\dT[\d-]+\.db$/;
const others = /^parley-(?:version-\d+|before-mending)\.db$/;
const checkMs = 60_000;
/** The migration that added the limits saved its time here (schema.ts). */
const name = "copies before limits";

interface Copy {
  readonly path: string;
  readonly isBackup: boolean;
  readonly madeMs: number;
}

/** The copies in the folder of a database. */
export class Copies {
  readonly #folder: string;
  readonly #limits: CopyLimits;
  readonly #values: Pick<SavedValues, "find">;
  #nextMs = -Infinity;

  constructor(database: string, limits: CopyLimits, values: Pick<SavedValues, "find">) {
    this.#values = values;
    this.#folder = database.replace(/[^/\\]*$/, "") || ".";
    this.#limits = limits;
  }

  /** Removes copies over the limits, at most once a minute. `nowMs` is since 1970, `monotonicMs` never jumps. */
  removeOldNowAndThen(nowMs: number, monotonicMs: number): void {
    if (monotonicMs < this.#nextMs) return;
    this.#nextMs = monotonicMs + checkMs;
    this.removeOld(nowMs);
  }

  /** Removes copies over the limits. A copy that cannot be removed is tried again later. */
  removeOld(nowMs: number): void {
    const { ageMs, count } = this.#limits;
    const all = this.#list().sort((one, other) => other.madeMs - one.madeMs);
    // An upgrade removes no copy: those from before the limits count as made then.
    const sinceMs = Number(this.#values.find(name) ?? 0);
    let backups = 0;
    for (const { path, isBackup, madeMs } of all) {
      if (isBackup) backups++;
      const isOld = ageMs > 0 && nowMs - Math.max(madeMs, sinceMs) > ageMs;
      const isOver = isBackup && count > 0 && backups > count && madeMs > sinceMs;
      if (isOld || isOver) removeQuietly(path);
    }
  }

  /** The copies; those of an older version become readable by their owner only. */
  #list(): Copy[] {
    const found: Copy[] = [];
    try {
      for (const { name } of Deno.readDirSync(this.#folder)) {
        const isBackup = backup.test(name);
        if (!isBackup && !others.test(name)) continue;
        const path = `${this.#folder}/${name}`;
        const { mtime, mode } = Deno.statSync(path);
        if (mode !== null && (mode & 0o077) !== 0) Deno.chmodSync(path, 0o600);
        found.push({ path, isBackup, madeMs: mtime?.getTime() ?? 0 });
      }
    } catch {
      // The folder is away for the moment.
    }
    return found;
  }
}
