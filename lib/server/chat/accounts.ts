/**
 * Accounts as commands ask for them: which names are taken, whether a password is right, who may try again. Changes
 * nothing that is shared; that is server/apply/account.ts. Every way to log in comes through `prove`, so a suspended account is
 * refused on each, guesses are counted on each, and a name that does not exist takes the same steps as one that does.
 */
import { isLoopback, peerOf } from "../../irc/address.ts";
import { utf8 } from "../../irc/digest.ts";
import { fold, type Folded } from "../../irc/names.ts";
import {
  decoyVerifier,
  formatVerifier,
  isPassword,
  makeVerifier,
  parseVerifier,
  type Verifier,
} from "../../irc/scram.ts";
import type { Settings } from "../settings/settings.ts";
import type { AccountRow } from "../store/accounts.ts";
import type { Store } from "../store/store.ts";
import type { Chat } from "./chat.ts";
import { HashQueue } from "./hash_queue.ts";
import type { Session } from "./session.ts";
import { Buckets } from "./throttle.ts";
import type { User } from "./user.ts";

/** What came of trying to log in. Of a suspension only who knows the password learns. */
export type Outcome =
  | { readonly kind: "right"; readonly account: AccountRow }
  | { readonly kind: "wrong" }
  | { readonly kind: "suspended"; readonly reason: string }
  | { readonly kind: "too many tries" };

/** Names that nobody gets, as people tell their passwords to them. */
const servicesNames: ReadonlySet<string> = new Set(["nickserv", "chanserv", "authserv", "accounts"]);
/** Passwords that are hashed at the same time; each takes a core. */
const hashedAtOnce = 2;
const windowSeconds = 600;
/** Tries one account has, in proportion to those one address has: many people may share an address, none an account. */
const accountShare = 2;
/** Addresses an account is remembered to have been used from: guesses by others do not lock these out. */
const maxFamiliar = 8;

/** Whether nobody on the way can read what a session sends. */
export function isConfidential({ connection: { secure, address } }: Session): boolean {
  return secure || isLoopback(address);
}

/** The ways by which a session may log in (SASL); PLAIN only where nobody can read along. None without accounts. */
export function saslMechanisms(session: Session): string[] {
  if (!session.chat.accounts.available) return [];
  return isConfidential(session) ? ["PLAIN", "SCRAM-SHA-256"] : ["SCRAM-SHA-256"];
}

/** Whether an account can be made before one is let in. Where a password must be given first, that must not get round it. */
export function mayRegisterEarly({ settings, files }: Chat): boolean {
  return settings.registration === "open" && files.password === undefined;
}

/** Whether a user's account is owner of this server. */
export function isOwner({ accounts }: Chat, { account }: User): boolean {
  return account !== undefined && accounts.find(account)?.role === "owner";
}

/** The accounts of a chat. Without a store there are none. */
export class Accounts {
  readonly #store: Store | undefined;
  readonly #settings: Settings;
  readonly #now: () => number;
  readonly #turns = new HashQueue(hashedAtOnce);
  readonly #byPeer: Buckets;
  readonly #byAccount: Buckets;
  readonly #newcomers: Buckets;
  readonly #familiar = new Map<Folded, Set<string>>();

  constructor(store: Store | undefined, settings: Settings, now: () => number) {
    this.#store = store;
    this.#settings = settings;
    this.#now = now;
    const { loginTries, accountsPerAddress } = settings;
    this.#byPeer = new Buckets({ burst: loginTries, perSecond: loginTries / windowSeconds });
    const perAccount = loginTries * accountShare;
    this.#byAccount = new Buckets({ burst: perAccount, perSecond: perAccount / windowSeconds });
    this.#newcomers = new Buckets({
      burst: accountsPerAddress,
      perSecond: accountsPerAddress / windowSeconds,
    });
  }

  /** Whether there can be accounts at all. */
  get available(): boolean {
    return this.#store !== undefined;
  }

  /** The account of this name, in whatever case. */
  find(name: string): AccountRow | undefined {
    const row = this.#store?.accounts.find(name);
    return row === undefined || row.verifier === "" ? undefined : row;
  }

  /** Every account, in the order of their names. */
  all(): AccountRow[] {
    return this.#store?.accounts.all().filter((row) => row.verifier !== "") ?? [];
  }

  /** Whether nobody may make an account of this name: one has it, had it, or it is kept for the server. */
  isTaken(name: string): boolean {
    return servicesNames.has(fold(name)) || this.#store?.accounts.find(name) !== undefined;
  }

  /** Whether somebody who is logged in to `account`, or to none, may be called `nick`. */
  mayUse(nick: string, account: string | undefined): boolean {
    if (servicesNames.has(fold(nick))) return false;
    const owner = this.find(nick)?.name;
    return owner === undefined || owner === account;
  }

  /** Whether the password is right. Takes as long for a name that does not exist. */
  prove(name: string, password: string, address: string): Promise<Outcome> {
    return this.#guarded(name, address, async () => {
      const verifier = await this.verifierOf(name);
      return await isPassword(verifier, password) ? verifier : undefined;
    });
  }

  /** The same where `test` compares, for a verifier that verifierOf() gave. */
  proveBy(name: string, address: string, verifier: Verifier, test: () => Promise<boolean>): Promise<Outcome> {
    return this.#guarded(name, address, async () => await test() ? verifier : undefined);
  }

  /** What was right a while ago, as it is by now: the password may be another one, the account suspended or gone. */
  recheck({ account: { name, verifier } }: Extract<Outcome, { kind: "right" }>): Outcome {
    const account = this.find(name);
    if (account?.verifier !== verifier) return { kind: "wrong" };
    if (account.suspended !== undefined) return { kind: "suspended", reason: account.suspended };
    return { kind: "right", account };
  }

  /** The verifier of an account, or one like it that no password fits. */
  async verifierOf(name: string): Promise<Verifier> {
    const found = parseVerifier(this.find(name)?.verifier ?? "");
    // Both ways take the same steps.
    const decoy = await decoyVerifier(fold(name), this.#secret, this.#settings.passwordRounds);
    return found ?? decoy;
  }

  /** The verifier of a new password, as text; in turn with other passwords from this address. */
  newVerifier(password: string, address: string): Promise<string> {
    return this.#turns.run(peerOf(address), async () => {
      return formatVerifier(await makeVerifier(password, this.#settings.passwordRounds));
    });
  }

  /** Counts a new account; false when this address has made too many. */
  admitNew(address: string): boolean {
    return this.#newcomers.takeIfAny(peerOf(address), this.#now());
  }

  /** Forgets counts that mean nothing any more; to be called every few seconds. */
  sweep(nowMs: number): void {
    for (const buckets of [this.#byPeer, this.#byAccount, this.#newcomers]) buckets.sweep(nowMs);
  }

  get #secret(): Uint8Array<ArrayBuffer> {
    return this.#store?.savedValues.secret("decoys") ?? utf8("");
  }

  /**
   * One try at a time for each address, so that many at once are not more than are counted. Behind this machine's own
   * address may be everybody who comes through a proxy on it, so there each account is counted, and nobody is familiar.
   */
  #guarded(name: string, address: string, test: () => Promise<Verifier | undefined>): Promise<Outcome> {
    const peer = isLoopback(address) ? undefined : peerOf(address);
    return this.#turns.run(peer ?? fold(name), async () => {
      if (!this.#mayTry(fold(name), peer)) return { kind: "too many tries" };
      const verifier = await test();
      // Asked now, as the password may have been changed and the account removed meanwhile.
      const account = this.find(name);
      if (verifier === undefined || account?.verifier !== formatVerifier(verifier)) return { kind: "wrong" };
      this.#giveBack(fold(name), peer);
      if (account.suspended !== undefined) return { kind: "suspended", reason: account.suspended };
      return { kind: "right", account };
    });
  }

  /** Takes the tries this may cost; #giveBack() returns them. */
  #mayTry(name: Folded, peer: string | undefined): boolean {
    const now = this.#now();
    if (peer === undefined) return this.#byAccount.takeIfAny(name, now);
    if (!this.#byPeer.takeIfAny(peer, now)) return false;
    if (this.#familiar.get(name)?.has(peer) || this.#byAccount.takeIfAny(name, now)) return true;
    this.#byPeer.giveBack(peer);
    return false;
  }

  #giveBack(name: Folded, peer: string | undefined): void {
    this.#byAccount.giveBack(name);
    if (peer === undefined) return;
    this.#byPeer.giveBack(peer);
    const familiar = this.#familiar.get(name) ?? new Set<string>();
    this.#familiar.set(name, familiar);
    familiar.delete(peer);
    familiar.add(peer);
    const [oldest] = familiar;
    if (familiar.size > maxFamiliar && oldest !== undefined) familiar.delete(oldest);
  }
}
