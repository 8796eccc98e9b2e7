/** What can happen to accounts and to the channels people keep, as plain data; the rest is event.ts. */
import type { UserId } from "../chat/user.ts";
import type { AccountRole } from "../store/accounts.ts";

/** Everything that changes accounts and kept channels. Names of accounts are as their rows have them. */
export type AccountEvent =
  /** There is a new code that makes somebody owner; with `again` though there is an owner already. */
  | { readonly kind: "owner code made"; readonly digest: string; readonly again: boolean }
  /** Logs the user in, or the session that is still registering. */
  | {
    readonly kind: "account created";
    readonly name: string;
    readonly verifier: string;
    readonly session?: string;
    readonly user?: UserId;
  }
  | { readonly kind: "logged in"; readonly user: UserId; readonly account: string }
  /** With `by`, the nick of an operator, those who are logged in are disconnected. */
  | {
    readonly kind: "password set";
    readonly account: string;
    readonly verifier: string;
    readonly by?: string;
  }
  | { readonly kind: "account removed"; readonly account: string }
  | {
    readonly kind: "account suspended";
    readonly account: string;
    readonly by: string;
    readonly reason: string;
  }
  | { readonly kind: "account restored"; readonly account: string; readonly by: string }
  /** `digest` is that of the owner's code, for who has no other right to it. */
  | {
    readonly kind: "role set";
    readonly account: string;
    readonly role: AccountRole;
    readonly by: string;
    readonly digest?: string;
  }
  /** `user` is told of to the channel; without one the server did it. */
  | {
    readonly kind: "channel kept";
    readonly channel: string;
    readonly founder: string;
    readonly user?: UserId;
  }
  | { readonly kind: "channel released"; readonly channel: string; readonly user?: UserId };
