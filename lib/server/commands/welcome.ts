/** The welcome: what a session is told when it gets its user. */
import type { Chat } from "../chat/chat.ts";
import type { Session } from "../chat/session.ts";
import { reply, replyAll } from "../render/reply.ts";
import { sendLusers, sendMotd } from "./info.ts";
import { sendIsupport } from "./isupport.ts";
import { myInfoModes } from "../../irc/modes.ts";
import { warnIfUnsaved } from "../render/saving_words.ts";
import { showInvitations, showMembership } from "../render/membership.ts";
import { tellActs } from "../render/account_acts.ts";

/** Welcomes a session. `isReturn`: the user lost its connection a moment ago. */
export function welcome(chat: Chat, session: Session, isReturn: boolean): void {
  const { user, registration } = session;
  if (user === undefined) {
    // The event was refused when it was applied; the session can try another nick.
    if (registration !== undefined) registration.nick = undefined;
    return;
  }
  const { name, network } = chat.settings;
  // Many clients take the last word for their own mask, and compute from it how long a message can be.
  replyAll(session, [
    ["RPL_WELCOME", `Welcome to ${network}, ${user.source}`],
    ["RPL_YOURHOST", `Your host is ${name}, running ${chat.version}`],
    ["RPL_CREATED", `This server was started ${new Date(chat.startedMs).toUTCString()}`],
    ["RPL_MYINFO", name, chat.version, ...myInfoModes],
  ]);
  sendIsupport(chat, session);
  sendLusers(chat, session);
  sendMotd(chat, session);
  if (user.modes.size > 0) reply(session, "RPL_UMODEIS", `+${[...user.modes].sort().join("")}`);
  if (user.away !== undefined) reply(session, "RPL_NOWAWAY");
  warnIfUnsaved(session);
  for (const channel of user.channels.keys()) showMembership(session, user, channel);
  showInvitations(session, user);
  if (!isReturn) tellActs(session);
}
