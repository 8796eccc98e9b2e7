/**
 * The table of accounts. It stores only the verifier of a password. The name of a deleted account stays, so nobody
 * can register it again.
 */
import type { StatementSync } from "node:sqlite";
import { fold, type Folded } from "../../irc/names.ts";
import { LookAlikes, ProtectedNames } from "../names/look_alikes.ts";
import { row } from "./conversation.ts";
import type { Database } from "./database.ts";
import { LookAlikeRows } from "./look_alike_rows.ts";
import { UnsavedRows } from "./unsaved_rows.ts";

/** The rights of an account beyond those of others: an owner makes operators. */
export type AccountRole = "" | "operator" | "owner";

/** One account. */
export interface AccountRow {
  readonly name: string;
  /** The text of formatVerifier(); "" when the account is deleted. */
  readonly verifier: string;
  readonly role: AccountRole;
  /** The reason why nobody can log in to the account; undefined if login is allowed. */
  readonly suspended: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** The stamp of the last event that ended all logins and tokens of the account. @default {none} */
  readonly epoch?: number;
  /** Parts of its history that are closed, the oldest first. @default {none} */
  readonly closures?: readonly HistoryClosure[];
  /** The acts of operators on the account, the oldest first. @default {none} */
  readonly acts?: readonly AccountAct[];
  /** The client certificates that log in to the account, the oldest first. @default {none} */
  readonly certificates?: readonly AccountCertificate[];
}

/** A client certificate of an account. */
export interface AccountCertificate {
  /** SHA-256 as 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly addedMs: number;
}

/** The history up to a stamp is closed, because an operator set a password then. */
export interface HistoryClosure {
  readonly until: number;
  /** The verifier of the password before it, which opens this part and later ones; "" if nothing opens it. */
  readonly verifier: string;
  readonly by: string;
}

/** One act of an operator that the person is told about. */
export interface AccountAct {
  /** Milliseconds since 1970. */
  readonly ms: number;
  readonly by: string;
  /** The predicate of a sentence: "set a new password". */
  readonly did: string;
  /** The operator knows the password since then; undefined if not. */
  readonly knowsPassword?: true;
}

/** The verifiers that have a number of PBKDF2 rounds begin so; triggers count them in the table too (schema.ts). */
const verifierStart = "SCRAM-SHA-256$";

/** Finds the rows that are in memory; they have an index (schema.ts). */
const isInMemory = "certificates IS NOT NULL OR role <> ''";

/** The rows that are read together; this takes less than a millisecond. */
const pageRows = 100;

/** All accounts, by folded name. */
export class AccountTable {
  readonly #database: Database;
  readonly #rows: UnsavedRows<AccountRow>;
  readonly #find: StatementSync;
  readonly #all: StatementSync;
  readonly #after: StatementSync;
  readonly #count: StatementSync;
  readonly #rounds: Map<number, number>;
  /** The names that were saved since the start; it finds the others in `#alikeRows`. */
  readonly #alike: LookAlikes;
  readonly #alikeRows: LookAlikeRows;
  /** The accounts with a role. */
  readonly #protected = new ProtectedNames();
  /** The roles that accounts give their users now. */
  readonly #roles = new Map<Folded, AccountRole>();
  readonly #byCertificate = new Map<string, Folded>();

  constructor(database: Database) {
    this.#database = database;
    this.#alikeRows = new LookAlikeRows(database);
    this.#alike = new LookAlikes(
      (name) => this.find(name)?.name,
      () => false,
      (key) => this.#alikeRows.find(key),
    );
    const columns =
      "SELECT name, verifier, role, suspended, created_ms, epoch, closures, acts, certificates FROM account";
    this.#find = database.prepareArrays(`${columns} WHERE key = ?`);
    this.#all = database.prepareArrays(`${columns} ORDER BY key`);
    this.#after = database.prepareArrays(`${columns} WHERE key > ? ORDER BY key LIMIT ${pageRows}`);
    this.#count = database.prepareArrays("SELECT count(*) FROM account");
    const rounds = database.prepareArrays("SELECT rounds, accounts FROM verifier_rounds");
    this.#rounds = new Map(rounds.all().map(row).map(([one, count]) => [Number(one), Number(count)]));
    const save = database.prepareWrite(
      `INSERT INTO account (key, name, verifier, role, suspended, created_ms, epoch, closures, acts, certificates)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, verifier = excluded.verifier, role = excluded.role,
       suspended = excluded.suspended, created_ms = excluded.created_ms, epoch = excluded.epoch,
       closures = excluded.closures, acts = excluded.acts, certificates = excluded.certificates`,
    );
    const remove = database.prepareWrite("DELETE FROM account WHERE key = ?");
    this.#rows = new UnsavedRows(database, {
      save: (key, { name, verifier, role, suspended, createdMs, epoch, closures, acts, certificates }) => {
        const json = [asJson(closures), asJson(acts), asJson(certificates)] as const;
        save.run(key, name, verifier, role, suspended ?? null, createdMs, epoch ?? null, ...json);
        this.#alikeRows.save(key, name);
      },
      remove: (key) => {
        remove.run(key);
        this.#alikeRows.remove(key);
      },
      // The account, its old keys, and up to five new ones.
      each: 7,
    });
    const known = database.prepareArrays(`${columns} WHERE ${isInMemory}`);
    for (const account of known.all().map(toAccount)) if (account !== undefined) this.#index(account);
  }

  /** The account with this name in any case; also a deleted one. */
  find(name: string): AccountRow | undefined {
    const key = fold(name);
    return this.#rows.find(key, () => toAccount(this.#find.get(key)));
  }

  /**
   * The accounts with another name that looks like this one, also deleted ones; see server/names/look_alikes.ts. The
   * names of accounts with a role are compared more strictly.
   */
  findAlike(name: string): AccountRow[] {
    const names = new Set([...this.#protected.find(name).map(fold), ...this.#alike.find(name)]);
    names.delete(fold(name));
    return [...names].flatMap((one) => this.find(one) ?? []);
  }

  /**
   * The role that an account gives its users now: none if it is suspended, deleted or does not exist. It reads no row,
   * because lists ask for the rights of one user again for each line.
   */
  roleOf(name: string): AccountRole {
    return this.#roles.get(fold(name)) ?? "";
  }

  /** The account with this client certificate. */
  findByCertificate(fingerprint: string): AccountRow | undefined {
    const key = this.#byCertificate.get(fingerprint);
    return key === undefined ? undefined : this.find(key);
  }

  /** The number of accounts, also of deleted ones. It counts rows, so call it rarely. */
  count(): number {
    return Number(row(this.#count.get())[0]);
  }

  /** All accounts, also deleted ones, sorted by name. */
  all(): AccountRow[] {
    const stored = this.#all.all().map(toAccount).filter((one) => one !== undefined);
    return this.#rows.merge(stored.map((one) => [fold(one.name), one] as const));
  }

  /** The same, read page by page: accounts that change meanwhile are as they are when their page is read. */
  *each(): Generator<AccountRow> {
    for (let after = "";;) {
      this.#database.insertPending();
      const page = this.#after.all(after).map(toAccount).filter((one) => one !== undefined);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return;
      after = fold(last.name);
    }
  }

  /** The numbers of PBKDF2 rounds in the verifiers, the highest first, and the number of accounts with each. */
  countRounds(): (readonly [rounds: number, accounts: number])[] {
    return [...this.#rounds].filter(([, count]) => count > 0).sort(([one], [other]) => other - one);
  }

  /** The table has the numbers of saved accounts, so it is read at the start only. */
  #addRounds(verifier: string | undefined, count: 1 | -1): void {
    if (!verifier?.startsWith(verifierStart)) return;
    const rounds = parseInt(verifier.slice(verifierStart.length), 10);
    this.#rounds.set(rounds, (this.#rounds.get(rounds) ?? 0) + count);
  }

  save(account: AccountRow): void {
    this.#unindex(account.name);
    this.#addRounds(account.verifier, 1);
    this.#index(account);
    this.#rows.put(fold(account.name), account);
  }

  /** Removes the row, as if the account never existed. */
  remove(name: string): void {
    this.#unindex(name);
    this.#rows.put(fold(name), undefined);
  }

  #index({ name, verifier, role, suspended, certificates = [] }: AccountRow): void {
    this.#alike.add(name);
    if (role !== "") this.#protected.add(fold(name));
    if (role !== "" && verifier !== "" && suspended === undefined) this.#roles.set(fold(name), role);
    for (const { fingerprint } of certificates) this.#byCertificate.set(fingerprint, fold(name));
  }

  #unindex(name: string): void {
    const folded = fold(name);
    const before = this.find(name);
    this.#addRounds(before?.verifier, -1);
    this.#alike.delete(folded);
    this.#protected.delete(folded);
    this.#roles.delete(folded);
    for (const { fingerprint } of before?.certificates ?? []) this.#byCertificate.delete(fingerprint);
  }
}

function toAccount(found: unknown): AccountRow | undefined {
  const [name, verifier, role, suspended, createdMs, epoch, closures, acts, certificates] = row(found);
  if (name === undefined) return undefined;
  return {
    name: String(name),
    verifier: String(verifier),
    role: role === "owner" || role === "operator" ? role : "",
    suspended: suspended === null || suspended === undefined ? undefined : String(suspended),
    createdMs: Number(createdMs),
    ...(epoch !== null && { epoch: Number(epoch) }),
    ...(closures !== null && { closures: JSON.parse(String(closures)) }),
    ...(acts !== null && { acts: JSON.parse(String(acts)) }),
    ...(certificates !== null && { certificates: JSON.parse(String(certificates)) }),
  };
}

function asJson(list: readonly unknown[] = []): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}
