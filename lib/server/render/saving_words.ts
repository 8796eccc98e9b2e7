/** The sentences that people read about a disk that is full or fails. */
import type { Session } from "../chat/session.ts";
import { fromServer } from "./sender.ts";

export const failingSentence =
  "The server cannot save messages now, because its disk is full or fails; new messages are lost if the server stops before it can save them";
export const savedSentence = "The server saves messages again";

/** Tells a user who joins the chat while the disk is full or fails. */
export function warnIfUnsaved(session: Session): void {
  const { chat, nick } = session;
  if (chat.store?.database.failing) session.answer(fromServer(chat, "NOTICE", [nick, failingSentence]));
}
