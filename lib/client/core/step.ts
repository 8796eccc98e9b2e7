/** What reading a message takes and gives: the forms shared by receive.ts, presence.ts and numerics.ts. */

import type { Message } from "../../irc/message.ts";
import { parseSource } from "../../irc/names.ts";
import type { EventBody, Person } from "./event.ts";
import type { State } from "./state.ts";

/** A message, and how it came. */
export interface Arrival {
  readonly message: Message;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** It came in a batch of the past. */
  readonly history: boolean;
  /** The label of the line it answers. */
  readonly label?: string;
}

/** What a message led to. */
export interface Step {
  readonly state: State;
  readonly events: readonly EventBody[];
}

/** Reads one command. */
export type Receiver = (state: State, arrival: Arrival) => Step;

/** What led to nothing. */
export function nothing(state: State): Step {
  return { state, events: [] };
}

/** Who sent a message. */
export function authorOf({ message }: Arrival): Person {
  const { nick } = parseSource(message.source);
  const account = message.tags.get("account");
  return account === undefined ? { nick } : { nick, account };
}
