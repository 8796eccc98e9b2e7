/** The table of accounts. Of a password it has the verifier alone; a removed account leaves its name, which stays taken. */
import type { StatementSync } from "node:sqlite";
import { fold } from "../../irc/names.ts";
import { row } from "./conversation.ts";
import type { Database } from "./database.ts";
import { UnsavedRows } from "./unsaved_rows.ts";

/** What an account may do beyond others: an owner makes operators. */
export type Role = "" | "operator" | "owner";

/** One account. */
export interface AccountRow {
  readonly name: string;
  /** As formatVerifier writes it; "" once the account is removed. */
  readonly verifier: string;
  readonly role: Role;
  /** Why nobody may log in to it; undefined when people may. */
  readonly suspended: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
}

/** All accounts, by folded name. */
export class AccountTable {
  readonly #rows: UnsavedRows<AccountRow>;
  readonly #find: StatementSync;
  readonly #all: StatementSync;

  constructor(database: Database) {
    const columns = "SELECT name, verifier, role, suspended, created_ms FROM account";
    this.#find = database.prepareArrays(`${columns} WHERE key = ?`);
    this.#all = database.prepareArrays(`${columns} ORDER BY key`);
    const save = database.prepare(
      `INSERT INTO account (key, name, verifier, role, suspended, created_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, verifier = excluded.verifier, role = excluded.role,
       suspended = excluded.suspended, created_ms = excluded.created_ms`,
    );
    const remove = database.prepare("DELETE FROM account WHERE key = ?");
    this.#rows = new UnsavedRows(database, {
      save: (key, { name, verifier, role, suspended, createdMs }) =>
        void save.run(key, name, verifier, role, suspended ?? null, createdMs),
      remove: (key) => void remove.run(key),
    });
  }

  /** The account of this name in whatever case; a removed one too. */
  find(name: string): AccountRow | undefined {
    const key = fold(name);
    return this.#rows.find(key, () => toAccount(this.#find.get(key)));
  }

  /** Every account, removed ones too, in the order of their names. */
  all(): AccountRow[] {
    const stored = this.#all.all().map(toAccount).filter((one) => one !== undefined);
    return this.#rows.merge(stored.map((one) => [fold(one.name), one] as const));
  }

  save(account: AccountRow): void {
    this.#rows.put(fold(account.name), account);
  }

  /** Takes back that there ever was one of this name. */
  remove(name: string): void {
    this.#rows.put(fold(name), undefined);
  }
}

function toAccount(found: unknown): AccountRow | undefined {
  const [name, verifier, role, suspended, createdMs] = row(found);
  if (name === undefined) return undefined;
  return {
    name: String(name),
    verifier: String(verifier),
    role: role === "owner" || role === "operator" ? role : "",
    suspended: suspended === null || suspended === undefined ? undefined : String(suspended),
    createdMs: Number(createdMs),
  };
}
