/**
 * Events, as plain data, for a user interface (UI) to show. Names and texts are unchanged from the network, and can
 * contain control characters. The UI makes them safe before it shows them (client/text/style_text.ts,
 * client/text/sentences.ts).
 */

import type { OutgoingMessage } from "./outgoing.ts";

/** A person in an event; `account` when the server sends it. */
export interface Person {
  readonly nick: string;
  readonly account?: string;
}

/** The manner of a message: normal, "/me waves", or a notice, which programs do not answer. */
export type Manner = "message" | "action" | "notice";

/** A message in a channel or between two people; the UI shows it in `buffer`. */
export interface Said {
  readonly kind: "said";
  readonly buffer: string;
  readonly from: Person;
  /** A channel, or the nick of the recipient. */
  readonly to: string;
  readonly manner: Manner;
  /** Contains newlines when it was sent as one message of several lines. */
  readonly text: string;
  readonly own: boolean;
  /** Another person's text contains our nick. */
  readonly mention: boolean;
  /** It went to one person, not to a channel. */
  readonly direct: boolean;
  readonly id?: string;
  /** The id of the message that it answers. */
  readonly replyTo?: string;
  /** The channel that a private notice belongs to, where we and its author are (IRCv3 channel-context). */
  readonly context?: string;
}

/** An event about an earlier message with this `id` in this `buffer`. */
export type MessageChange =
  | {
    readonly kind: "reacted";
    readonly buffer: string;
    readonly id: string;
    readonly emoji: string;
    readonly who: Person;
    readonly own: boolean;
    /** False when the reaction was removed. */
    readonly added: boolean;
    /** The id of the reaction itself, which can be deleted as a message. */
    readonly reactionId?: string;
  }
  | {
    readonly kind: "redacted";
    readonly buffer: string;
    readonly id: string;
    readonly by: Person;
    readonly own: boolean;
    readonly reason: string;
  }
  /** We have read up to a time (milliseconds since 1970), here or on another of our devices. */
  | { readonly kind: "read"; readonly buffer: string; readonly upTo: number }
  /** The next `count` events are from the history: the last ones before a join, or those that we missed. */
  | {
    readonly kind: "history";
    readonly buffer: string;
    readonly why: "opening" | "missed";
    readonly count: number;
    /** There is more: earlier messages for "opening", later ones for "missed", which follow without a request. */
    readonly more: boolean;
    /** The number of messages, when it is not `count`: only the newest are shown, or some events are no messages. */
    readonly total?: number;
  }
  /** Messages that we missed could not be fetched. */
  | { readonly kind: "history failed"; readonly buffer: string; readonly reason: string }
  /**
   * Messages to us that we missed and have read on no device, oldest first: the UI notifies the person once for all of
   * them. `again`: after a reconnect.
   */
  | {
    readonly kind: "alert";
    readonly messages: readonly (Said & { readonly at: number })[];
    readonly again: boolean;
  };

/** An event that the members of a channel see about each other. */
export type Presence =
  | { readonly kind: "joined"; readonly buffer: string; readonly who: Person; readonly own: boolean }
  | {
    readonly kind: "parted";
    readonly buffer: string;
    readonly who: Person;
    readonly own: boolean;
    readonly reason: string;
  }
  | {
    readonly kind: "kicked";
    readonly buffer: string;
    readonly who: Person;
    readonly own: boolean;
    readonly by: string;
    readonly reason: string;
  }
  | {
    readonly kind: "quit";
    readonly buffers: readonly string[];
    readonly who: Person;
    readonly own: boolean;
    readonly reason: string;
  }
  | {
    readonly kind: "renamed";
    readonly buffers: readonly string[];
    readonly who: Person;
    readonly own: boolean;
    readonly to: string;
  };

/** An event about a channel. */
export type ChannelChange =
  /** `by` is "" when the topic has not changed, as after a join. */
  | { readonly kind: "topic"; readonly buffer: string; readonly topic: string; readonly by: string }
  | {
    readonly kind: "mode";
    readonly buffer: string;
    readonly by: string;
    readonly changes: readonly ModeLetterChange[];
  }
  /** The list of members is complete. */
  | { readonly kind: "members"; readonly buffer: string }
  | {
    readonly kind: "invited";
    readonly channel: string;
    readonly by: string;
    readonly who: string;
    readonly own: boolean;
  };

/** One letter of a MODE. */
export interface ModeLetterChange {
  readonly added: boolean;
  readonly letter: string;
  readonly argument?: string;
}

/** A message of the server to us only. */
export type ServerReply =
  /** `code` is that of a standard reply, such as "NEW_LOGIN". */
  | { readonly kind: "server notice"; readonly text: string; readonly from: string; readonly code?: string }
  /** `code` is the name of a numeric, or the code of a FAIL; `target` the nick or channel it is about, "" for none. */
  | {
    readonly kind: "refused";
    readonly code: string;
    readonly target: string;
    readonly text: string;
    readonly label?: string;
    /** The command that a FAIL is about. */
    readonly command?: string;
  }
  /** We are away or back (no reason), or a person that we wrote to is away. */
  | {
    readonly kind: "away";
    readonly who: Person;
    readonly own: boolean;
    readonly reason: string | undefined;
  }
  | { readonly kind: "typing"; readonly buffer: string; readonly who: Person; readonly active: boolean };

/** The state of the connection. */
export type ConnectionStatus =
  | { readonly kind: "status"; readonly status: "connecting"; readonly attempt: number }
  /** `again`: after a reconnect. */
  | {
    readonly kind: "status";
    readonly status: "ready";
    readonly again: boolean;
    readonly nick: string;
    readonly network: string;
  }
  | { readonly kind: "status"; readonly status: "lost"; readonly reason: string }
  | { readonly kind: "status"; readonly status: "waiting"; readonly reason: string; readonly retryMs: number }
  /** The server refused the nick during the registration; the client waits for another one (Client.rename). */
  | {
    readonly kind: "status";
    readonly status: "nick refused";
    readonly nick: string;
    readonly reason: string;
  }
  /** The server does not allow the letters of the nick; the client tries `to` in its place. */
  | {
    readonly kind: "status";
    readonly status: "nick replaced";
    readonly nick: string;
    readonly to: string;
  }
  /** The login failed; we continue without an account. */
  | {
    readonly kind: "status";
    readonly status: "login refused";
    readonly name: string;
    readonly reason: string;
  }
  | { readonly kind: "status"; readonly status: "logged in"; readonly name: string }
  | { readonly kind: "status"; readonly status: "logged out" };

/** An outgoing message was added or has changed; the state has it, unless it is gone. */
export interface OutgoingChange {
  readonly kind: "outgoing";
  readonly message: OutgoingMessage;
  /** It was confirmed or discarded. */
  readonly isGone: boolean;
}

/** An event without its time. */
export type EventBody =
  | Said
  | MessageChange
  | Presence
  | ChannelChange
  | ServerReply
  | ConnectionStatus
  | OutgoingChange;

/** An event. */
export type ChatEvent = EventBody & {
  /** Milliseconds since 1970, by the server's clock if it sent the time. */
  readonly at: number;
  /** It comes from the history, and did not happen just now. */
  readonly history?: boolean;
};

/** A message with its time. */
export type SaidEvent = Extract<ChatEvent, { readonly kind: "said" }>;

/** An event about a message, as the history stores them. */
export type MessageEvent = Extract<ChatEvent, { readonly kind: "said" | "reacted" | "redacted" }>;

export function isMessageEvent(event: ChatEvent): event is MessageEvent {
  return event.kind === "said" || event.kind === "reacted" || event.kind === "redacted";
}
