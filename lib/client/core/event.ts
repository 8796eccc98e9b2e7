/**
 * What happened, as plain data, for a face to show: the terminal prints it, the page puts it into its view. Names and
 * texts are as they came from the network; whoever shows them makes them harmless first (client/text/text.ts, client/text/sentences.ts).
 */

/** Somebody who did something; `account` when the server told it. */
export interface Person {
  readonly nick: string;
  readonly account?: string;
}

/** How something was said: in words, as "/me does", or as a notice, which nobody answers automatically. */
export type Manner = "message" | "action" | "notice";

/** Something said in a room or between two people; `buffer` is where it belongs. */
export interface Said {
  readonly kind: "said";
  readonly buffer: string;
  readonly from: Person;
  /** A room, or the nick of the one it was said to. */
  readonly to: string;
  readonly manner: Manner;
  /** May hold newlines, when it was sent as one message of several lines. */
  readonly text: string;
  readonly own: boolean;
  /** Another person's text contains our nick. */
  readonly mention: boolean;
  /** It went to one person, not to a channel. */
  readonly direct: boolean;
  readonly id?: string;
  /** The id of the message it answers. */
  readonly replyTo?: string;
}

/** Something done with a message that was said before; `id` is that message's, `buffer` where it is. */
export type MessageChange =
  | {
    readonly kind: "reacted";
    readonly buffer: string;
    readonly id: string;
    readonly emoji: string;
    readonly who: Person;
    readonly own: boolean;
    /** False when it was taken back. */
    readonly added: boolean;
  }
  | {
    readonly kind: "redacted";
    readonly buffer: string;
    readonly id: string;
    readonly by: Person;
    readonly own: boolean;
    readonly reason: string;
  }
  /** We have read up to a time (milliseconds since 1970), here or on another device of ours. */
  | { readonly kind: "read"; readonly buffer: string; readonly upTo: number }
  /** The `count` events with `history` that follow are from before: shown on entering, or missed while away. */
  | {
    readonly kind: "history";
    readonly buffer: string;
    readonly why: "opening" | "missed";
    readonly count: number;
    /** There is more: earlier for "opening", later for "missed", which follows by itself. */
    readonly more: boolean;
  };

/** Something that a room's people see about each other. */
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

/** What a room is like, or came to be like. */
export type ChannelChange =
  /** `by` is "" when it is only told, as on joining. */
  | { readonly kind: "topic"; readonly buffer: string; readonly topic: string; readonly by: string }
  | {
    readonly kind: "mode";
    readonly buffer: string;
    readonly by: string;
    readonly changes: readonly ModeChange[];
  }
  /** The list of people in a room is complete. */
  | { readonly kind: "members"; readonly buffer: string }
  | {
    readonly kind: "invited";
    readonly channel: string;
    readonly by: string;
    readonly who: string;
    readonly own: boolean;
  };

/** One letter of a MODE. */
export interface ModeChange {
  readonly added: boolean;
  readonly letter: string;
  readonly argument?: string;
}

/** What the server says to us alone. */
export type ServerReply =
  | { readonly kind: "server notice"; readonly text: string; readonly from: string }
  /** `code` is the name of a numeric, or the code of a FAIL; `target` the nick or channel it is about, "" for none. */
  | {
    readonly kind: "refused";
    readonly code: string;
    readonly target: string;
    readonly text: string;
    readonly label?: string;
  }
  /** We went away or came back (no reason), or somebody we wrote to is away. */
  | {
    readonly kind: "away";
    readonly who: Person;
    readonly own: boolean;
    readonly reason: string | undefined;
  }
  | { readonly kind: "typing"; readonly buffer: string; readonly who: Person; readonly active: boolean };

/** How it stands with the connection. */
export type ConnectionStatus =
  | { readonly kind: "status"; readonly status: "connecting"; readonly attempt: number }
  /** `again`: we are back after the connection was lost. */
  | {
    readonly kind: "status";
    readonly status: "ready";
    readonly again: boolean;
    readonly nick: string;
    readonly network: string;
  }
  | { readonly kind: "status"; readonly status: "lost"; readonly reason: string }
  | { readonly kind: "status"; readonly status: "waiting"; readonly reason: string; readonly retryMs: number }
  /** The server refused the nick while we were entering; the client waits for another (Client.rename). */
  | {
    readonly kind: "status";
    readonly status: "nick refused";
    readonly nick: string;
    readonly reason: string;
  }
  /** The account was refused; we enter, or stay, without it. */
  | {
    readonly kind: "status";
    readonly status: "login refused";
    readonly name: string;
    readonly reason: string;
  }
  | { readonly kind: "status"; readonly status: "logged in"; readonly name: string }
  | { readonly kind: "status"; readonly status: "logged out" }
  /** Typed while there was no connection; it is sent on return. */
  | { readonly kind: "status"; readonly status: "queued"; readonly target: string; readonly text: string };

/** Something that happened. */
export type EventBody = Said | MessageChange | Presence | ChannelChange | ServerReply | ConnectionStatus;

/** Something that happened, and when. */
export type ChatEvent = EventBody & {
  /** Milliseconds since 1970, from the server's clock when it told. */
  readonly at: number;
  /** From the past: it was asked for, and did not happen just now. */
  readonly history?: boolean;
};

/** An event about a message, as the history stores them. */
export type MessageEvent = Extract<ChatEvent, { readonly kind: "said" | "reacted" | "redacted" }>;

export function isMessageEvent(event: ChatEvent): event is MessageEvent {
  return event.kind === "said" || event.kind === "reacted" || event.kind === "redacted";
}
