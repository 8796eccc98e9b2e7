/** ACCEPT: who may message somebody who wants no messages from people who are not logged in (user mode R). */
import type { Call, CommandTable } from "../hub/command.ts";
import { refuse } from "../chat/refusal.ts";
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
  const { hub, session, user, params } = call;
  return forEach(splitTargets(params[0] ?? "*"), (one) => {
    if (one === "*") return list(call);
    const isOff = one.startsWith("-");
    const nick = isOff ? one.slice(1) : one;
    const target = hub.find(nick);
    if (target === undefined) return session.reply("ERR_NOSUCHNICK", nick);
    const has = user.accepted.has(target.id);
    if (isOff && !has) return session.reply("ERR_ACCEPTNOT", target.nick);
    if (!isOff && has) return session.reply("ERR_ACCEPTEXIST", target.nick);
    if (!isOff && present(call) >= hub.settings.acceptLimit) refuse("ERR_ACCEPTFULL");
    return hub.commit({ kind: "accept set", user: user.id, target: target.id, accepted: !isOff }, session);
  });
}

/** How many of the accepted are here; those who left give way to others. */
function present({ hub, user }: Call): number {
  return [...user.accepted].filter((id) => hub.users.has(id)).length;
}

function list({ hub, session, user }: Call): void {
  for (const id of user.accepted) {
    const nick = hub.users.get(id)?.nick;
    if (nick !== undefined) session.reply("RPL_ACCEPTLIST", nick);
  }
  session.reply("RPL_ENDOFACCEPT");
}
