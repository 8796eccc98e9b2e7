/**
 * Events: everything that can change the chat, as plain data. A command commits an event, the bus orders it, apply
 * changes the chat's state and tells people. An event holds all that apply needs (a random number, an address), so
 * that every machine that applies the same events has the same state.
 */
import type { Act } from "../chat/audit.ts";
import type { MessageLine } from "../chat/delivery.ts";
import type { ServerBan } from "../chat/server_ban.ts";
import type { Session } from "../chat/session.ts";
import type { OperatorEntry, UserId, UserRecord } from "../chat/user.ts";
import type { AccountEvent, CertificateEvent } from "./account_event.ts";
import type { FileEvent } from "./file_event.ts";
import type { MachineEvent } from "./machine_event.ts";

/** The target of a message: a channel, its members of a rank and above ("@#tea"), or one user. */
export type MessageTarget =
  | { readonly kind: "channel"; readonly name: string; readonly atLeast?: string }
  | { readonly kind: "user"; readonly id: UserId; readonly nick: string };

/** The commands that carry a message from one user to others. */
export type MessageCommand = "PRIVMSG" | "NOTICE" | "TAGMSG";

/** One change to a channel's modes. */
export interface ModeRecord {
  readonly sign: "+" | "-";
  readonly letter: string;
  /** A mask, a key or a limit; the user's id where the mode is a rank. */
  readonly parameter?: string;
}

/** Everything that changes shared state. */
export type Event =
  | AccountEvent
  | CertificateEvent
  | FileEvent
  | MachineEvent
  | {
    readonly kind: "redacted";
    readonly user: UserId;
    /** A channel, or the nick of the other user. */
    readonly target: string;
    /** Stamp of the deleted message. */
    readonly message: number;
    readonly reason: string;
    /** Only a channel operator can delete it: it is a message of another user. @default {false} */
    readonly asOperator?: boolean;
    /** Ids of the files that are deleted with it. */
    readonly files?: readonly string[];
  }
  | { readonly kind: "arrived"; readonly user: UserRecord; readonly session: string }
  /** A further session of an account joins its user. */
  | {
    readonly kind: "attached";
    readonly user: UserId;
    readonly session: string;
    readonly account?: string;
    /** See UserRecord. */
    readonly epoch?: number;
    readonly address: string;
    readonly secure: boolean;
    /** See Device. */
    readonly client?: string;
    /** The AWAY that the session sent before it joined; "" ends an earlier one. See "away set". */
    readonly away?: string;
  }
  /** With `lingerMs` the user stays online that long without a session, because it can come back. */
  | {
    readonly kind: "detached";
    readonly user: UserId;
    readonly session: string;
    readonly reason: string;
    readonly lingerMs?: number;
  }
  /** A lingering user did not come back in time. `since` is Lingering.since. */
  | { readonly kind: "given up"; readonly user: UserId; readonly since: number }
  | { readonly kind: "renamed"; readonly user: UserId; readonly nick: string }
  /** Reason "" means that the person is back at the session; "*" means away without a text (draft/pre-away). */
  | { readonly kind: "away set"; readonly user: UserId; readonly session: string; readonly reason: string }
  | { readonly kind: "real name set"; readonly user: UserId; readonly realname: string }
  /** `by` is the nick of the operator. */
  | { readonly kind: "host set"; readonly user: UserId; readonly host: string; readonly by?: string }
  /** User mode letters; modes that do not change are left out of the notice. */
  | {
    readonly kind: "user modes set";
    readonly user: UserId;
    readonly added: string;
    readonly removed: string;
    /** The entry that OPER named. */
    readonly operator?: OperatorEntry;
  }
  /** The operator file of a machine does not have the entry any more that made the user an operator. */
  | { readonly kind: "operator entry lost"; readonly user: UserId; readonly entry: OperatorEntry }
  /** Whether `target` can message a user that is +R. */
  | {
    readonly kind: "accept set";
    readonly user: UserId;
    readonly target: UserId;
    readonly accepted: boolean;
  }
  /** `by` is the source of the operator. */
  | { readonly kind: "killed"; readonly user: UserId; readonly by: string; readonly reason: string }
  /** An act of an operator that changes nothing in the shared state; it is kept for AUDIT. */
  | {
    readonly kind: "operator acted";
    readonly user: UserId;
    readonly act: Act;
    readonly target?: string;
    readonly reason?: string;
  }
  | { readonly kind: "wallops"; readonly user: UserId; readonly text: string }
  | { readonly kind: "server ban added"; readonly ban: ServerBan }
  /** `by` is the nick of the operator. */
  | { readonly kind: "server ban removed"; readonly target: string; readonly by: string }
  | {
    readonly kind: "joined";
    readonly user: UserId;
    readonly channel: string;
    /** The key in the JOIN. */
    readonly key?: string;
    /** The account that becomes the founder if the channel is new. */
    readonly founder?: string;
  }
  | { readonly kind: "parted"; readonly user: UserId; readonly channel: string; readonly reason: string }
  | { readonly kind: "topic set"; readonly user: UserId; readonly channel: string; readonly text: string }
  | {
    readonly kind: "kicked";
    readonly user: UserId;
    readonly channel: string;
    readonly target: UserId;
    readonly reason: string;
  }
  | {
    readonly kind: "invited";
    readonly user: UserId;
    readonly channel: string;
    readonly target: UserId;
    /** See Invitation. */
    readonly exempts: boolean;
  }
  /** Changes without an effect are left out of the notice. */
  | {
    readonly kind: "modes set";
    readonly user: UserId;
    readonly channel: string;
    readonly changes: readonly ModeRecord[];
  }
  /** `ms` is the time of the last message that was read in a target: milliseconds since 1970. */
  | {
    readonly kind: "marked";
    readonly user: UserId;
    readonly target: string;
    /** See chat/read_marker.ts. */
    readonly key: string;
    readonly ms: number;
    /** Whether somebody has written there: the marker of an account is stored then. */
    readonly isKept: boolean;
  }
  | {
    readonly kind: "message";
    readonly user: UserId;
    readonly command: MessageCommand;
    readonly target: MessageTarget;
    /** The whole text; lines are joined by line feeds. */
    readonly text: string;
    /** The lines as they were sent, when there are several. */
    readonly lines?: readonly MessageLine[];
    /** Client-only tags as name and value. */
    readonly tags?: readonly (readonly [string, string])[];
  };

/** The event of one kind. */
export type EventOf<K extends Event["kind"]> = Extract<Event, { kind: K }>;

/** Gives an event its position in the order; a promise resolves once it is applied here. See Bus.commit. */
export type Commit = (event: Event, session?: Session) => void | Promise<void>;
