/** Messages of ours that the server has not confirmed, as the UIs show them after the others. Pure. */

import { fold } from "../../irc/names.ts";
import type { Manner } from "./event.ts";
import type { State } from "./state.ts";
import { findBuffer } from "./state.ts";

/** A message that is under way, or was not sent. */
export interface OutgoingMessage {
  /** Names it among the outgoing messages of one client. */
  readonly key: string;
  readonly target: string;
  readonly manner: Manner;
  readonly text: string;
  /** The id of the message that it answers. */
  readonly replyTo?: string;
  /** When the person sent it, in milliseconds since 1970. */
  readonly at: number;
  /**
   * "waiting" for the connection or the channel; "sending"; "checking" whether it arrived, since the connection was lost;
   * "unsent": the person decides.
   */
  readonly status: "waiting" | "sending" | "checking" | "unsent";
  /** Why it is unsent, else "". */
  readonly reason: string;
  /** It was on a connection that was lost: it can have arrived. */
  readonly isUnsure: boolean;
  /** The server sends no echoes, so the message is shown among the others already. */
  readonly isShown: boolean;
}

/** The outgoing messages to show in a buffer: those to it, and those to somebody without a buffer. */
export function outgoingIn(state: State, buffer: string): readonly OutgoingMessage[] {
  const key = fold(buffer);
  return state.outgoing.filter(({ target, isShown, status }) =>
    (status === "unsent" || !isShown) &&
    (fold(target) === key || findBuffer(state, target) === undefined)
  );
}
