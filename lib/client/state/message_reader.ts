/** The type of functions that read an incoming message, with its argument and its result. */

import type { Message } from "../../irc/message.ts";
import { parseSource } from "../../irc/names.ts";
import type { EventBody, Person } from "./event.ts";
import { sharedName } from "./shared_name.ts";
import type { State } from "./state.ts";

/** A message with its time and its origin. */
export interface IncomingMessage {
  readonly message: Message;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** When it arrived, in milliseconds of a clock that never jumps. @default {at} */
  readonly arrivedAt?: number;
  /** It is part of the history. */
  readonly history: boolean;
  /** The label of the line it answers. */
  readonly label?: string;
}

/** The state after a message, and its events. */
export interface ReceiveResult {
  readonly state: State;
  readonly events: readonly EventBody[];
}

/** Reads one command. */
export type MessageReader = (state: State, incoming: IncomingMessage) => ReceiveResult;

/** The state, with no events. */
export function withoutEvents(state: State): ReceiveResult {
  return { state, events: [] };
}

/** The sender of a message. */
export function authorOf({ message }: IncomingMessage): Person {
  const nick = sharedName(parseSource(message.source).nick);
  const account = message.tags.get("account");
  return account === undefined ? { nick } : { nick, account: sharedName(account) };
}
