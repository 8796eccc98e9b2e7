/**
 * What can happen, as plain data. A command decides and commits one of these; the bus orders them; apply changes the
 * hub's state and tells people. An event holds all that applying it needs (a random number, an address), so that every
 * machine that applies the same events ends in the same state.
 */

/** Names a user for as long as it is here; never used again. */
export type UserId = string;

/** A user as it arrives. */
export interface UserRecord {
  readonly id: UserId;
  readonly nick: string;
  readonly username: string;
  readonly realname: string;
  /** What others see after "@". */
  readonly host: string;
  /** The address it connected from; only operators see it. */
  readonly address: string;
  readonly secure: boolean;
  readonly account?: string;
  /** User mode letters it starts with. */
  readonly modes: string;
}

/** Where a message goes: a channel, members of a rank and above ("@#tea"), or one user. */
export type MessageTarget =
  | { readonly kind: "channel"; readonly name: string; readonly atLeast?: string }
  | { readonly kind: "user"; readonly id: UserId };

/** The commands that carry a message from one user to others. */
export type MessageCommand = "PRIVMSG" | "NOTICE" | "TAGMSG";

/** Everything that changes what is shared. */
export type Event =
  | { readonly kind: "arrived"; readonly user: UserRecord; readonly session: string }
  | { readonly kind: "attached"; readonly user: UserId; readonly session: string }
  | { readonly kind: "detached"; readonly user: UserId; readonly session: string; readonly reason: string }
  | { readonly kind: "renamed"; readonly user: UserId; readonly nick: string }
  | { readonly kind: "joined"; readonly user: UserId; readonly channel: string }
  | { readonly kind: "parted"; readonly user: UserId; readonly channel: string; readonly reason: string }
  | { readonly kind: "topic set"; readonly user: UserId; readonly channel: string; readonly text: string }
  | {
    readonly kind: "message";
    readonly user: UserId;
    readonly command: MessageCommand;
    readonly target: MessageTarget;
    readonly text: string;
    /** Client-only tags as name and value. */
    readonly tags?: readonly (readonly [string, string])[];
  };
