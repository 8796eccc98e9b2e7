/**
 * NICK: choosing the first nick, and changing it. The nick can be taken while the event is being ordered, so
 * lib/server/apply/presence.ts makes the final check when it applies the event.
 */
import { fold } from "../../irc/names.ts";
import { isSilent, silencedIn } from "../chat/permission.ts";
import type { Chat } from "../chat/chat.ts";
import { refuse } from "../chat/refusal.ts";
import type { User } from "../chat/user.ts";
import type { Call, CommandTable, EarlyCall } from "../hub/command.ts";
import { completeRegistration } from "./complete_registration.ts";
import { nickFault } from "./nick_letters.ts";
import { isOwnDisconnected, nickRefusal, refuseNick } from "./nick_in_use.ts";

/** The commands of this file. */
export const nickCommands: CommandTable = {
  NICK: { early: true, usage: "<nick>", help: "Changes your nick", run: nick },
};

function nick(call: EarlyCall): void | Promise<void> {
  const { chat, session, params } = call;
  const [wanted = ""] = params;
  if (wanted === "") refuse("ERR_NONICKNAMEGIVEN");
  const fault = nickFault(chat, wanted);
  if (fault !== undefined) refuse("ERR_ERRONEUSNICKNAME", wanted, fault);
  const { registration, user } = session;
  const refusal = nickRefusal(chat, session, wanted);
  // A session that can still log in is allowed a nick that can belong to its account.
  if (refusal !== undefined && !(refusal.loginCanHelp && registration?.negotiating)) {
    return refuseNick(session, wanted, refusal);
  }
  if (user !== undefined) {
    if (user.nick === wanted) return;
    if (fold(wanted) !== user.folded) checkSilence(chat, user, wanted);
    return takeNick({ ...call, user }, wanted);
  }
  if (registration === undefined) return;
  registration.nick = wanted;
  return completeRegistration(call);
}

/** All members see a nick, so it can carry words of somebody who cannot speak. */
function checkSilence(chat: Chat, user: User, wanted: string): void {
  const channel = silencedIn(user);
  if (channel !== undefined) {
    const sentence = "You cannot change your nick while you are banned or muted in this channel (+b)";
    refuse("ERR_BANONCHAN", wanted, channel.name, sentence);
  }
  const moderated = user.channels.keys().find((one) => isSilent(one, user));
  if (moderated === undefined || chat.silentRenames.tryTake(user.id, chat.clock.monotonic())) return;
  const sentence = "You cannot change your nick so often while you cannot speak in this channel (+m)";
  refuse("ERR_BANONCHAN", wanted, moderated.name, sentence);
}

/** Changes the nick. The nick can be held by a user of the same account who lost the connection. */
export function takeNick({ chat, commit, session, user }: Call, nick: string): void | Promise<void> {
  const rename = () => commit({ kind: "renamed", user: user.id, nick }, session);
  const holder = chat.find(nick);
  const since = holder?.lingering?.since;
  if (holder === undefined || holder === user || since === undefined) return rename();
  if (!isOwnDisconnected(holder, user.account)) return rename();
  const pending = commit({ kind: "given up", user: holder.id, since }, session);
  return pending ? pending.then(rename) : rename();
}
