/** INVITE: invites a user to a channel, and lists one's own invitations. */
import { refusalToLetIn } from "../chat/closed_past.ts";
import { levelOf, levels, refusalToInvite, refusalToMessage } from "../chat/permission.ts";
import { personOf } from "../chat/person.ts";
import { fail, refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { replyIfAway } from "../render/away_text.ts";
import { reply, replyRefusal } from "../render/reply.ts";
import { findChannel } from "./channel.ts";

/** The commands of this file. */
export const inviteCommands: CommandTable = {
  INVITE: {
    usage: "[<nick> <channel>]",
    help: "Invites a user to a channel; without parameters, lists your invitations",
    run: invite,
  },
};

/**
 * An invitation by a half-operator or a higher rank lets its user join once, in spite of bans, key, limit and modes.
 */
function invite(call: Call): void | Promise<void> {
  const { chat, commit, session, user, params } = call;
  if (params.length === 0) return listInvitations(call);
  const [nick = "", name] = params;
  if (name === undefined) refuse("ERR_NEEDMOREPARAMS", "INVITE");
  const target = chat.find(nick) ?? refuse("ERR_NOSUCHNICK", nick);
  const channel = findChannel(chat, name, user);
  const refusal = refusalToInvite(channel, user) ?? refusalToLetIn(chat, channel, user, "INVITE");
  if (refusal !== undefined) return replyRefusal(session, refusal);
  const exempts = levelOf(channel, user) >= levels.halfOperator;
  if (channel.members.has(target)) refuse("ERR_USERONCHANNEL", target.nick, channel.name);
  const unwanted = refusalToMessage(target, user);
  if (unwanted !== undefined) return replyRefusal(session, unwanted);
  const before = target.invitations.get(channel);
  const isNew = before === undefined || (exempts && !before.exempts);
  if (isNew) checkRate(session, user, target);
  reply(session, "RPL_INVITING", target.nick, channel.name);
  replyIfAway(session, target);
  // The user has this invitation already.
  if (!isNew) return;
  const event = {
    kind: "invited",
    user: user.id,
    channel: channel.name,
    target: target.id,
    exempts,
  } as const;
  return commit(event, session);
}

/** The name of a channel can be an advert. */
function checkRate(session: Session, user: User, target: User): void {
  const { invitations, clock, settings } = session.chat;
  if (user.isOperator) return;
  const now = clock.monotonic();
  const sender = personOf(session);
  if (!invitations.byPair.tryTake(`${sender} ${target.id}`, now)) {
    fail("INVITE", "RATE_LIMITED", target.nick, "You have invited this user too often; wait a minute");
  }
  if (invitations.bySender.tryTake(sender, now)) return;
  const sentence = `You can send ${settings.inviteLimit} invitations in a minute; wait, then try again`;
  fail("INVITE", "RATE_LIMITED", target.nick, sentence);
}

function listInvitations({ chat, session, user }: Call): void {
  for (const channel of user.invitations.keys()) {
    if (chat.channel(channel.name) === channel) reply(session, "RPL_INVITELIST", channel.name);
  }
  reply(session, "RPL_ENDOFINVITELIST");
}
