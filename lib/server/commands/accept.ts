/** ACCEPT: users who can send messages to a user with mode R, although they are not logged in. */
import { refuse } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { reply } from "../render/reply.ts";
import { forEach, splitTargets } from "./channel.ts";

/** The commands of this file. */
export const acceptCommands: CommandTable = {
  ACCEPT: {
    usage: "[{[-]<nick>,}[*]]",
    help: "Accepts messages from users without an account although you have mode R; * lists those users",
    run: accept,
  },
};

function accept(call: Call): void | Promise<void> {
  const { chat, commit, session, user, params } = call;
  const entries = splitTargets(params[0] ?? "*");
  if (entries.length === 0) refuse("ERR_NEEDMOREPARAMS", "ACCEPT");
  return forEach(entries, (one) => {
    if (one === "*") return list(call);
    const isOff = one.startsWith("-");
    const nick = isOff ? one.slice(1) : one;
    const target = chat.find(nick);
    if (target === undefined) return reply(session, "ERR_NOSUCHNICK", nick);
    const has = user.accepted.has(target.id);
    if (isOff && !has) return reply(session, "ERR_ACCEPTNOT", target.nick);
    if (!isOff && has) return reply(session, "ERR_ACCEPTEXIST", target.nick);
    if (!isOff && countOnlineAccepted(call) >= chat.settings.acceptLimit) {
      return reply(session, "ERR_ACCEPTFULL");
    }
    return commit({ kind: "accept set", user: user.id, target: target.id, accepted: !isOff }, session);
  });
}

/** The number of accepted users who are online; users who left do not count. */
function countOnlineAccepted({ chat, user }: Call): number {
  return [...user.accepted].filter((id) => chat.users.has(id)).length;
}

function list({ chat, session, user }: Call): void {
  for (const id of user.accepted) {
    const nick = chat.users.get(id)?.nick;
    if (nick !== undefined) reply(session, "RPL_ACCEPTLIST", nick);
  }
  reply(session, "RPL_ENDOFACCEPT");
}
