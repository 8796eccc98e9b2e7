/** The table of registered channels. They have a founder, and they stay when the last member leaves. */
import type { StatementSync } from "node:sqlite";
import { fold } from "../../irc/names.ts";
import { row } from "./conversation.ts";
import type { Database } from "./database.ts";
import { UnsavedRows } from "./unsaved_rows.ts";

/** One registered channel. */
export interface ChannelRow {
  readonly name: string;
  /** The name of the founder's account. */
  readonly founder: string;
  /** Milliseconds since 1970 of the last use, to the day. */
  readonly usedMs: number;
  /** Topic, modes, lists and ranks, in the format of the hub. */
  readonly state: string;
}

/** All registered channels, by folded name. */
export class ChannelTable {
  readonly #rows: UnsavedRows<ChannelRow>;
  readonly #all: StatementSync;

  constructor(database: Database) {
    this.#all = database.prepareArrays("SELECT name, founder, used_ms, state FROM kept_channel ORDER BY key");
    const save = database.prepareWrite(
      `INSERT INTO kept_channel (key, name, founder, used_ms, state) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, founder = excluded.founder, used_ms = excluded.used_ms,
       state = excluded.state`,
    );
    const remove = database.prepareWrite("DELETE FROM kept_channel WHERE key = ?");
    this.#rows = new UnsavedRows(database, {
      save: (key, { name, founder, usedMs, state }) => save.run(key, name, founder, usedMs, state),
      remove: (key) => remove.run(key),
    });
  }

  /** All registered channels, sorted by name. */
  all(): ChannelRow[] {
    return this.#rows.merge(
      this.#all.all().map((found) => {
        const [name, founder, usedMs, state] = row(found);
        const channel = {
          name: String(name),
          founder: String(founder),
          usedMs: Number(usedMs),
          state: String(state),
        };
        return [fold(channel.name), channel] as const;
      }),
    );
  }

  save(channel: ChannelRow): void {
    this.#rows.put(fold(channel.name), channel);
  }

  remove(name: string): void {
    this.#rows.put(fold(name), undefined);
  }
}
