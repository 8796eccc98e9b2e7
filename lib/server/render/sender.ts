/** Messages signed by their sender: the server itself, or a user. */
import type { Chat } from "../chat/chat.ts";
import type { User } from "../chat/user.ts";
import { type Details, OutgoingLine } from "./outgoing.ts";

/** A message from the server itself. */
export function fromServer(
  chat: Pick<Chat, "settings" | "stampNow">,
  command: string,
  params: readonly string[],
  details?: Details,
): OutgoingLine {
  const stamp = details?.stamp ?? chat.stampNow();
  return new OutgoingLine(chat.settings.name, command, params, { ...details, stamp });
}

/** A message from a user to other users. */
export function fromUser(
  user: User,
  command: string,
  params: readonly string[],
  stamp: number,
  more: Details = {},
): OutgoingLine {
  const { source, account, modes } = user;
  return new OutgoingLine(source, command, params, {
    stamp,
    hasId: true,
    account,
    bot: modes.has("B"),
    ...more,
  });
}
