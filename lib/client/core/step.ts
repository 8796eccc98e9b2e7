/** The types of functions that read a message: receive.ts, presence.ts, message_changes.ts and numerics.ts share them. */

import type { Message } from "../../irc/message.ts";
import { parseSource } from "../../irc/names.ts";
import type { EventBody, Person } from "./event.ts";
import type { State } from "./state.ts";

/** A message with its time and its origin. */
export interface Arrival {
  readonly message: Message;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** It is part of the history. */
  readonly history: boolean;
  /** The label of the line it answers. */
  readonly label?: string;
}

/** The result of a message. */
export interface Step {
  readonly state: State;
  readonly events: readonly EventBody[];
}

/** Reads one command. */
export type Receiver = (state: State, arrival: Arrival) => Step;

/** No event. */
export function nothing(state: State): Step {
  return { state, events: [] };
}

/** The sender of a message. */
export function authorOf({ message }: Arrival): Person {
  const { nick } = parseSource(message.source);
  const account = message.tags.get("account");
  return account === undefined ? { nick } : { nick, account };
}
