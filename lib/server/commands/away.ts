/** AWAY and SETNAME. */
import { utf8Bytes } from "../../irc/lines.ts";
import { cutBytes } from "../../irc/wrap.ts";
import { fail, refuse } from "../chat/refusal.ts";
import type { Call, CommandTable, EarlyCall } from "../hub/command.ts";
import { reply } from "../render/reply.ts";

/** The commands of this file. */
export const awayCommands: CommandTable = {
  AWAY: {
    early: true,
    usage: "[<reason>]",
    help: "Marks this device as away, without a reason as back; you are away while all your devices are",
    run: away,
  },
  SETNAME: { minParams: 1, usage: "<real name>", help: "Changes your real name", run: setname },
};

/**
 * AWAY before registration needs draft/pre-away. There "*" means that no user is at this client, so it can connect
 * without appearing online.
 */
function away({ chat, commit, session, params }: EarlyCall): void | Promise<void> {
  const { user, registration } = session;
  const reason = cutBytes(params[0] ?? "", chat.settings.awayLength);
  if (user !== undefined) {
    return commit({ kind: "away set", user: user.id, session: session.id, reason }, session);
  }
  if (registration === undefined || !session.has("draft/pre-away")) refuse("ERR_NOTREGISTERED");
  registration.away = reason;
  reply(session, reason === "" ? "RPL_UNAWAY" : "RPL_NOWAWAY");
}

function setname({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [realname = ""] = params;
  const { realNameLength } = chat.settings;
  if (realname.trim() === "") fail("SETNAME", "INVALID_REALNAME", "The real name is empty");
  if (utf8Bytes(realname) > realNameLength) {
    fail("SETNAME", "INVALID_REALNAME", `The real name is longer than ${realNameLength} bytes`);
  }
  return commit({ kind: "real name set", user: user.id, realname }, session);
}
