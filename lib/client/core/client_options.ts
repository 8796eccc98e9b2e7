/** The options of a client, and the possible ends of its run. */

import type { Connection } from "../../net/connection.ts";
import type { ChatEvent } from "../state/event.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import type { OnFault } from "./fault_guard.ts";
import type { Account } from "./login.ts";

/** The options. */
export interface ClientOptions {
  /** Called for each try; a rejection is a failed try. The signal aborts when the client quits. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>;
  /**
   * The server has sent its policy of strict transport (IRCv3 sts); true when connect() must be called anew, because it
   * now uses TLS. @default {the policy is ignored}
   */
  readonly onStrictTransport?: (value: string, isSecure: boolean) => boolean;
  /** A connection has ended. */
  readonly onConnectionEnd?: () => void;
  /** Receives every event, in order. An error that it throws goes to onFault(), and the next event follows. */
  readonly onEvent: (event: ChatEvent) => void;
  /** Shows that a part of the UI failed. @default {nothing} */
  readonly onFault?: OnFault;
  /**
   * The server is Parley of this version, for example because this program came from it: then the whole registration is
   * sent without a wait for the list of its capabilities. Another server is asked again, in the usual order.
   * @default {false}
   */
  readonly isParley?: boolean;
  readonly nick: string;
  /** @default {from the nick} */
  readonly username?: string;
  /** @default {the nick} */
  readonly realname?: string;
  /** The password of the server. */
  readonly password?: string;
  /** The account for every connection; the status "login refused" reports a failure. */
  readonly account?: Account;
  /** Asks for another password when the first login fails; "" continues without an account. @default {none} */
  readonly askPassword?: (name: string) => Promise<string>;
  /** How many earlier messages to show after a join, where the server stores them. @default {0} */
  readonly backlog?: number;
  /** Whether to open the conversations of the history and to show their unread messages. @default {false} */
  readonly conversations?: boolean;
  /**
   * How far we had read a channel at the last visit, in milliseconds since 1970, for a server without a read marker of it;
   * 0 when it is not known. Without this, what was said before the join is not new.
   */
  readonly storedReadUpTo?: (channel: string) => number;
  /** Messages that an earlier client of this person did not send. @default {[]} */
  readonly outgoing?: readonly OutgoingMessage[];
  /** Channels to join. @default {[]} */
  readonly channels?: readonly string[];
  /** Whether to stop after a failed try, for example when the server's key has changed. @default {the first one only} */
  readonly isFinal?: (error: unknown) => boolean;
  /** When the nick is refused, appends "_" instead of waiting for rename(). @default {false} */
  readonly fallbackNick?: boolean;
  /** After this silence the client sends a PING. @default {60_000} */
  readonly idleMs?: number;
  /** The longest wait for an answer before a connection counts as dead. @default {5_000} */
  readonly answerMs?: number;
  /** The longest registration, in milliseconds. @default {deadlines.clientRegistrationMs} */
  readonly registrationMs?: number;
  /** The longest time until a message is confirmed, in milliseconds. @default {deadlines.echoMs} */
  readonly echoMs?: number;
  /** The longest time without an answer to JOIN, in milliseconds. @default {deadlines.requestMs} */
  readonly joinMs?: number;
  /** Milliseconds of a clock that never jumps. @default {performance.now} */
  readonly elapsed?: () => number;
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
  /** Milliseconds before try number `attempt`. @default {backoff of lib/net} */
  readonly delay?: (attempt: number) => number;
}

/** The end of a run. */
export type Ending =
  | { readonly kind: "left" }
  /** The first try failed, or a later one that isFinal() accepted. */
  | { readonly kind: "unreachable"; readonly error: unknown }
  /** The server closed the connection before the registration was complete, or ended this login. */
  | { readonly kind: "refused"; readonly reason: string; readonly isLoggedOut?: boolean };
