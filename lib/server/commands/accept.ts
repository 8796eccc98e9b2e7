/** ACCEPT: who may message somebody who wants no messages from people who are not logged in (user mode R). */
import { refuse } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { reply } from "../render/reply.ts";
import { forEach, splitTargets } from "./channel.ts";

/** The rows of this topic. */
export const acceptCommands: CommandTable = {
  ACCEPT: {
    usage: "[{[-]<nick>,}[*]]",
    help: "Lets people message you although you are +R; * lists them",
    run: accept,
  },
};

function accept(call: Call): void | Promise<void> {
  const { chat, commit, session, user, params } = call;
  return forEach(splitTargets(params[0] ?? "*"), (one) => {
    if (one === "*") return list(call);
    const isOff = one.startsWith("-");
    const nick = isOff ? one.slice(1) : one;
    const target = chat.find(nick);
    if (target === undefined) return reply(session, "ERR_NOSUCHNICK", nick);
    const has = user.accepted.has(target.id);
    if (isOff && !has) return reply(session, "ERR_ACCEPTNOT", target.nick);
    if (!isOff && has) return reply(session, "ERR_ACCEPTEXIST", target.nick);
    if (!isOff && present(call) >= chat.settings.acceptLimit) refuse("ERR_ACCEPTFULL");
    return commit({ kind: "accept set", user: user.id, target: target.id, accepted: !isOff }, session);
  });
}

/** How many of the accepted are here; those who left give way to others. */
function present({ chat, user }: Call): number {
  return [...user.accepted].filter((id) => chat.users.has(id)).length;
}

function list({ chat, session, user }: Call): void {
  for (const id of user.accepted) {
    const nick = chat.users.get(id)?.nick;
    if (nick !== undefined) reply(session, "RPL_ACCEPTLIST", nick);
  }
  reply(session, "RPL_ENDOFACCEPT");
}
