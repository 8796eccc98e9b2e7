/** The events of accounts and registered channels; a part of event.ts. */
import type { UserId } from "../chat/user.ts";
import type { AccountRole } from "../store/accounts.ts";

/** Everything that changes accounts and registered channels. Account names are written as in their rows. */
export type AccountEvent =
  /** A new code can make an account owner; with `again` even if there is an owner already. */
  | { readonly kind: "owner code made"; readonly digest: string; readonly again: boolean }
  /** Logs the user in, or the session that is still registering. `by` is the nick of an operator. */
  | {
    readonly kind: "account created";
    readonly name: string;
    readonly verifier: string;
    readonly session?: string;
    readonly user?: UserId;
    /** The nick of the operator who created it for somebody. */
    readonly by?: string;
  }
  /** `epoch` is AccountRow.epoch when the password was proved. */
  | { readonly kind: "logged in"; readonly user: UserId; readonly account: string; readonly epoch?: number }
  /**
   * All logins of the account end, except the one of `session`, which asked for it. `by` is the nick of an operator. With
   * `replaces` it is the same password: no login ends, and nothing happens if the account does not have this verifier
   * any more.
   */
  | {
    readonly kind: "password set";
    readonly account: string;
    readonly verifier: string;
    readonly by?: string;
    readonly session?: string;
    readonly replaces?: string;
  }
  /** The user of `session` becomes a guest; the other users of the account end. */
  | { readonly kind: "account removed"; readonly account: string; readonly session?: string }
  /** Sessions of an account end; `by` is the nick of an operator, if another device did not ask for it. */
  | {
    readonly kind: "sessions ended";
    readonly account: string;
    readonly sessions: readonly string[];
    readonly by?: string;
  }
  /** The name of a deleted account can be used again. */
  | { readonly kind: "name freed"; readonly account: string; readonly by: string }
  | {
    readonly kind: "account suspended";
    readonly account: string;
    readonly by: string;
    readonly reason: string;
  }
  /**
   * The closures of the account from the one with this stamp on are open again: the person proved the password before it,
   * or the owner of the server, whose nick is `by`, allows it.
   */
  | {
    readonly kind: "history opened";
    readonly account: string;
    readonly from: number;
    readonly by?: string;
    readonly reason?: string;
  }
  | { readonly kind: "account restored"; readonly account: string; readonly by: string }
  /** `digest` is the digest of the owner code, if the user has no other right to the role. */
  | {
    readonly kind: "role set";
    readonly account: string;
    readonly role: AccountRole;
    readonly by: string;
    readonly digest?: string;
  }
  /**
   * Registers a channel; without `user`, the server does it. "Kept" and "released" are older words for registration.
   */
  | {
    readonly kind: "channel kept";
    readonly channel: string;
    readonly founder: string;
    readonly user?: UserId;
  }
  | { readonly kind: "channel released"; readonly channel: string; readonly user?: UserId };

/** The client certificates of accounts: SHA-256 as 64 hexadecimal digits. */
export type CertificateEvent = {
  readonly kind: "certificate added" | "certificate removed";
  readonly account: string;
  readonly fingerprint: string;
};
