/**
 * Single values of a chat that must survive a restart: its secrets, the digest of the owner code, the server bans.
 */
import type { StatementSync } from "node:sqlite";
import { row } from "./conversation.ts";
import type { Database } from "./database.ts";
import { UnsavedRows } from "./unsaved_rows.ts";

/** Values by name. */
export class SavedValues {
  readonly #rows: UnsavedRows<string>;
  readonly #find: StatementSync;

  constructor(database: Database) {
    this.#find = database.prepareArrays("SELECT value FROM keepsake WHERE name = ?");
    const save = database.prepareWrite(
      "INSERT INTO keepsake (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    );
    const remove = database.prepareWrite("DELETE FROM keepsake WHERE name = ?");
    this.#rows = new UnsavedRows(database, {
      save: (name, value) => save.run(name, value),
      remove: (name) => remove.run(name),
    });
  }

  find(name: string): string | undefined {
    return this.#rows.find(name, () => {
      const [value] = row(this.#find.get(name));
      return value === undefined ? undefined : String(value);
    });
  }

  save(name: string, value: string | undefined): void {
    this.#rows.put(name, value);
  }

  /** 32 random bytes with this name, created at the first call. */
  secret(name: string): Uint8Array<ArrayBuffer> {
    const stored = this.find(name);
    if (stored !== undefined) return Uint8Array.fromHex(stored);
    const created = crypto.getRandomValues(new Uint8Array(32));
    this.save(name, created.toHex());
    return created;
  }
}
