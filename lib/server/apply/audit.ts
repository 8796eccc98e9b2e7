/** Apply, for the acts of server operators: keeps each for AUDIT, and writes it to the log, on every machine. */
import type { Act } from "../chat/audit.ts";
import type { ChatState } from "../chat/chat.ts";
import type { EventOf } from "./event.ts";

/** One act; `by` is the nick of the operator. */
export interface ActRecord {
  readonly act: Act;
  readonly by: string;
  /** @default {""} */
  readonly target?: string;
  /** @default {""} */
  readonly reason?: string;
}

/** Keeps an act. An event keeps one act at most, because acts are stored by the stamp of their event. */
export function recordAct(
  chat: ChatState,
  { act, by, target = "", reason = "" }: ActRecord,
  stamp: number,
): void {
  const user = chat.find(by);
  const { account, address = "" } = user ?? {};
  chat.logEntry("operator acted", { act, nick: by, account, address, target });
  chat.store?.audit.save({ stamp, act, nick: by, account, address, target, reason });
}

/** An act that changes nothing in the shared state, such as BACKUP. */
export function applyAct(chat: ChatState, event: EventOf<"operator acted">, stamp: number): undefined {
  const user = chat.users.get(event.user);
  if (user !== undefined) recordAct(chat, { ...event, by: user.nick }, stamp);
}
