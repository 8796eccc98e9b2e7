/**
 * Accounts for commands: which names are taken, whether a password is right, and whether an address can try again.
 * server/apply/account.ts changes accounts. Every login method uses checkPassword() or checkProof(): both refuse a
 * suspended account and count wrong passwords, and an unknown name takes the same steps as an existing one.
 */
import { peerOf } from "../../irc/address.ts";
import { utf8 } from "../../irc/digest.ts";
import { fold } from "../../irc/names.ts";
import {
  decoyVerifier,
  formatVerifier,
  isPassword,
  makeVerifier,
  parseVerifier,
  type Verifier,
} from "../../irc/scram.ts";
import { ServiceNames } from "../names/service_names.ts";
import type { Settings } from "../settings/settings.ts";
import type { AccountRole, AccountRow, HistoryClosure } from "../store/accounts.ts";
import type { Store } from "../store/store.ts";
import type { Chat } from "./chat.ts";
import type { LogEntry } from "./log_entries.ts";
import { LoginThrottle } from "./login_throttle.ts";
import { RoundsInUse } from "./rounds_in_use.ts";
import type { Session } from "./session.ts";
import { Buckets } from "./throttle.ts";
import type { User } from "./user.ts";

/** The result of an attempt to log in. Only a client with the right password learns of a suspension. */
export type LoginResult =
  | { readonly kind: "right"; readonly account: AccountRow }
  | { readonly kind: "wrong" }
  | { readonly kind: "suspended"; readonly reason: string }
  | { readonly kind: "too many tries" };

/** An attempt to log in. */
interface LoginTry {
  readonly name: string;
  readonly address: string;
  readonly method: string;
  readonly onWait?: OnWait | undefined;
}

/** Called before a try waits, with the milliseconds. */
export type OnWait = (ms: number) => void;
/** The result of an attempt to prove an older password. */
export type ProofResult =
  | { readonly kind: "right"; readonly closure: HistoryClosure }
  | { readonly kind: "wrong" }
  | { readonly kind: "too many tries" };

/** The most client certificates of an account. */
export const maxCertificates = 10;
const windowSeconds = 600;
/** Remembered renewals: more than logins can run at the same time. */
const maxRenewals = 1000;

/** Whether nobody on the network can read what a session sends. */
export function isConfidential({ connection: { secure, isLocal } }: Session): boolean {
  return secure || isLocal;
}

/** A way of SASL to log in. */
export type SaslMechanism = "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-256-PLUS" | "EXTERNAL";

/**
 * The SASL mechanisms a session can use: PLAIN only on a confidential connection, "-PLUS" only where TLS is ours, EXTERNAL
 * only with a client certificate. Empty without accounts.
 */
export function saslMechanisms(session: Session): SaslMechanism[] {
  if (!session.chat.accounts.isAvailable) return [];
  const { tls } = session.connection;
  const mechanisms: SaslMechanism[] = isConfidential(session)
    ? ["PLAIN", "SCRAM-SHA-256"]
    : ["SCRAM-SHA-256"];
  if (tls?.serverEndPoint !== undefined) mechanisms.push("SCRAM-SHA-256-PLUS");
  if (tls?.clientCertificate !== undefined) mechanisms.push("EXTERNAL");
  return mechanisms;
}

/** Whether an account can be made before registration ends. Registration must not bypass a server password. */
export function canRegisterEarly({ settings, files }: Chat): boolean {
  return settings.registration === "open" && files.password === undefined;
}

/** Whether a user's account owns this server now. */
export function isOwner({ accounts }: Chat, { account }: User): boolean {
  return accounts.roleOf(account) === "owner";
}

/** Whether an operator freed the name of a deleted account; the history with it stays closed to a new owner. */
function isFreed({ verifier, closures }: AccountRow): boolean {
  return verifier === "" && closures !== undefined;
}

/** The accounts of a chat; empty without a store. */
export class Accounts {
  readonly #store: Store | undefined;
  readonly #settings: Settings;
  readonly #monotonic: () => number;
  readonly #log: LogEntry;
  readonly #throttle: LoginThrottle;
  readonly #newAccounts: Buckets;
  readonly #rounds: RoundsInUse;
  readonly #serviceNames: ServiceNames;
  /** Verifiers that were replaced, each with the new verifier of the same password. */
  readonly #renewals = new Map<string, string>();

  constructor(
    store: Store | undefined,
    settings: Settings,
    monotonic: () => number,
    log: LogEntry = () => {},
    sleep: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  ) {
    this.#store = store;
    this.#settings = settings;
    this.#monotonic = monotonic;
    this.#log = log;
    this.#serviceNames = new ServiceNames(settings.network);
    const { loginTries, accountsPerAddress, passwordRounds } = settings;
    this.#rounds = new RoundsInUse(() => store?.accounts.countRounds() ?? [], passwordRounds, monotonic);
    this.#throttle = new LoginThrottle({ tries: loginTries, monotonic, sleep });
    this.#newAccounts = new Buckets({
      burst: accountsPerAddress,
      perSecond: accountsPerAddress / windowSeconds,
    });
  }

  /** Whether this server has accounts. */
  get isAvailable(): boolean {
    return this.#store !== undefined;
  }

  /** The account of this name, in upper or lower case. */
  find(name: string): AccountRow | undefined {
    const row = this.#store?.accounts.find(name);
    return row === undefined || row.verifier === "" ? undefined : row;
  }

  /** The role that an account gives its users now: none if it is suspended or does not exist. */
  roleOf(name: string | undefined): AccountRole {
    return name === undefined ? "" : this.#store?.accounts.roleOf(name) ?? "";
  }

  /** The first stamp of the private history that the users of an account can see; 0 while nothing is closed. */
  openFrom(name: string | undefined): number {
    const until = name === undefined ? undefined : this.find(name)?.closures?.at(-1)?.until;
    return until === undefined ? 0 : until + 1;
  }

  /** All accounts, sorted by name and read page by page. */
  *each(): Generator<AccountRow> {
    for (const row of this.#store?.accounts.each() ?? []) if (row.verifier !== "") yield row;
  }

  /**
   * Whether nobody can make an account of this name: an account has it or had it, or one with a name that looks like
   * this one; or it is reserved.
   */
  isTaken(name: string): boolean {
    if (this.isReserved(name)) return true;
    const table = this.#store?.accounts;
    if (table === undefined) return false;
    return [table.find(name), ...table.findAlike(name)].some((row) => row !== undefined && !isFreed(row));
  }

  /** The deleted account that keeps this name for nobody; see isTaken(). */
  findDeleted(name: string): AccountRow | undefined {
    const row = this.#store?.accounts.find(name);
    return row?.verifier === "" ? row : undefined;
  }

  /**
   * Whether a name is one of a service or of the server, or reads like one. An account that has it from an older version
   * keeps it.
   */
  isReserved(name: string): boolean {
    return this.#serviceNames.has(name);
  }

  /** Whether a user that is logged in to `account`, or to none, can have this nick. */
  canUse(nick: string, account: string | undefined): boolean {
    const row = this.#store?.accounts.find(nick);
    if (row !== undefined && row.verifier !== "") return row.name === account;
    const isOfDeleted = row !== undefined && !isFreed(row);
    return !isOfDeleted && !this.isReserved(nick) && this.findAlike(nick, account) === undefined;
  }

  /**
   * Whether the account of this name was deleted, and no operator freed the name: nobody can have it as nick, because
   * others would take that person for its former owner.
   */
  isOfDeleted(nick: string): boolean {
    const row = this.findDeleted(nick);
    return row !== undefined && !isFreed(row);
  }

  /** Another account than `account` with a name that looks like this nick; see server/names/look_alikes.ts. */
  findAlike(nick: string, account: string | undefined): AccountRow | undefined {
    return this.#store?.accounts.findAlike(nick).find((row) => !isFreed(row) && row.name !== account);
  }

  /** The account with this client certificate. */
  findByCertificate(fingerprint: string): AccountRow | undefined {
    return this.#store?.accounts.findByCertificate(fingerprint);
  }

  /**
   * The account that a client certificate belongs to. With `name` it must be this one. Nobody can guess a certificate, so
   * tries are not counted.
   */
  checkCertificate(fingerprint: string, address: string, name?: string): LoginResult {
    const account = this.findByCertificate(fingerprint);
    const isRight = account !== undefined && (name === undefined || fold(name) === fold(account.name));
    const result: LoginResult = !isRight
      ? { kind: "wrong" }
      : account.suspended !== undefined
      ? { kind: "suspended", reason: account.suspended }
      : { kind: "right", account };
    this.#logTry({ name: account?.name ?? name ?? "", address, method: "EXTERNAL" }, result);
    return result;
  }

  /** Whether the password is right. An unknown name takes the same time. `method` is for the log. */
  checkPassword(
    name: string,
    password: string,
    address: string,
    method = "password",
    onWait?: OnWait,
  ): Promise<LoginResult> {
    const login = { name, address, method, onWait };
    return this.#tryLogin(login, async () => {
      const verifier = await this.verifierOf(name);
      return await isPassword(verifier, password) ? verifier : undefined;
    });
  }

  /**
   * Whether this is a password from before an operator set another one. "right" names the oldest closure that it opens;
   * wrong passwords count as wrong passwords of a login.
   */
  async proveOldPassword(
    { name, closures = [] }: AccountRow,
    password: string,
    address: string,
  ): Promise<ProofResult> {
    const result = await this.#throttle.run<ProofResult>(fold(name), address, async () => {
      for (const closure of closures) {
        const verifier = parseVerifier(closure.verifier);
        if (verifier !== undefined && await isPassword(verifier, password)) return { kind: "right", closure };
      }
      return { kind: "wrong" };
    });
    if (result.kind !== "right") this.#logTry({ name, address, method: "old password" }, result);
    return result;
  }

  /** checkPassword() with another comparison: `test` compares, and `verifier` comes from verifierOf(). */
  checkProof(
    name: string,
    address: string,
    verifier: Verifier,
    test: () => Promise<boolean>,
    method = "SCRAM-SHA-256",
    onWait?: OnWait,
  ): Promise<LoginResult> {
    const login = { name, address, method, onWait };
    return this.#tryLogin(login, async () => await test() ? verifier : undefined);
  }

  /**
   * Checks an earlier right outcome again: since then the account can have another password, be suspended or removed.
   */
  recheck({ account: { name, verifier } }: Extract<LoginResult, { kind: "right" }>): LoginResult {
    const account = this.find(name);
    if (account === undefined || !this.#hasPasswordOf(account, verifier)) return { kind: "wrong" };
    if (account.suspended !== undefined) return { kind: "suspended", reason: account.suspended };
    return { kind: "right", account };
  }

  /** The verifier of an account; for an unknown name, a verifier that no password matches. */
  async verifierOf(name: string): Promise<Verifier> {
    const found = parseVerifier(this.find(name)?.verifier ?? "");
    // An existing and an unknown name take the same steps.
    const decoy = await decoyVerifier(fold(name), this.#secret, (share) => this.#rounds.at(share));
    return found ?? decoy;
  }

  /** The verifier of a new password, as text. Passwords from one address are hashed one after another. */
  newVerifier(password: string, address: string): Promise<string> {
    return this.#throttle.hash(address, async () => {
      return formatVerifier(await makeVerifier(password, this.#settings.passwordRounds));
    });
  }

  /**
   * A verifier with the rounds of the settings for a password that was right; undefined if the account's has them. A
   * client computes with the number of rounds that the verifier has, so only a new verifier changes it.
   */
  async renewedVerifier(account: AccountRow, password: string, address: string): Promise<string | undefined> {
    if (parseVerifier(account.verifier)?.iterations === this.#settings.passwordRounds) return undefined;
    return await this.newVerifier(password, address);
  }

  /**
   * A verifier was replaced by another one of the same password. Other devices can be in the middle of a login with the
   * old one, and their password stays right.
   */
  noteRenewal(replaced: string, verifier: string): void {
    this.#renewals.set(replaced, verifier);
    const [oldest] = this.#renewals.keys();
    if (this.#renewals.size > maxRenewals && oldest !== undefined) this.#renewals.delete(oldest);
  }

  /** Forgets the addresses that logged in to an account. */
  forgetFamiliar(name: string): void {
    this.#throttle.forgetFamiliar(fold(name));
  }

  /** The number of accounts, also of deleted ones. It counts rows, so call it rarely. */
  count(): number {
    return this.#store?.accounts.count() ?? 0;
  }

  /** Whether there are as many accounts as the settings allow. */
  isFull(): boolean {
    const { accountsTotal } = this.#settings;
    return accountsTotal > 0 && this.count() >= accountsTotal;
  }

  /** Counts a new account; false if this address created too many. */
  admitNewAccount(address: string): boolean {
    return this.#newAccounts.tryTake(peerOf(address), this.#monotonic());
  }

  /** Removes expired counts. Call it every few seconds. */
  sweep(): void {
    this.#throttle.sweep();
    this.#newAccounts.sweep(this.#monotonic());
  }

  get #secret(): Uint8Array<ArrayBuffer> {
    return this.#store?.savedValues.secret("decoys") ?? utf8("");
  }

  async #tryLogin(login: LoginTry, test: () => Promise<Verifier | undefined>): Promise<LoginResult> {
    const { name, address, onWait } = login;
    const result = await this.#throttle.run<LoginResult>(fold(name), address, async () => {
      const verifier = await test();
      // This reads the account after the test, because the account can change or be removed during the test.
      const account = this.find(name);
      const isRight = verifier !== undefined && account !== undefined &&
        this.#hasPasswordOf(account, formatVerifier(verifier));
      if (!isRight) return { kind: "wrong" };
      if (account.suspended !== undefined) return { kind: "suspended", reason: account.suspended };
      return { kind: "right", account };
    }, onWait);
    this.#logTry(login, result);
    return result;
  }

  /** A name without an account is not logged: it can be a password in the wrong place. */
  #logTry({ name, address, method }: LoginTry, { kind }: LoginResult): void {
    const account = this.find(name)?.name;
    if (kind === "right") this.#log("login", { account, address, method });
    else this.#log("login failed", { account, address, method, reason: kind });
  }

  /** Whether the account has this verifier, or one of the same password that replaced it. */
  #hasPasswordOf(account: AccountRow, verifier: string): boolean {
    let newest: string | undefined = verifier;
    while (newest !== undefined && newest !== account.verifier) newest = this.#renewals.get(newest);
    return newest !== undefined;
  }
}
