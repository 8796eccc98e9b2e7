/** The founder of a channel: FOUNDER, and MODE +r and -r, which register and unregister a channel. */
import type { Channel } from "../chat/channel.ts";
import { refusalToLetIn } from "../chat/closed_past.ts";
import { levelOf, levels } from "../chat/permission.ts";
import { fail, refuse } from "../chat/refusal.ts";
import { canRegisterMore, countRegistered } from "../chat/registered_channel.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { replyRefusal, standardReply } from "../render/reply.ts";
import { findChannel } from "./channel.ts";

/** The commands of this file. */
export const founderCommands: CommandTable = {
  FOUNDER: {
    minParams: 1,
    usage: "<channel> [<account>]",
    help: "Shows the founder of a channel, or makes another account its founder",
    run: founder,
  },
};

function founder(call: Call): void | Promise<void> {
  const { chat, commit, session, user, params } = call;
  const [name = "", to] = params;
  const channel = findChannel(chat, name, user);
  const { registration } = channel;
  if (registration === undefined) {
    fail(
      "FOUNDER",
      "CHANNEL_NOT_REGISTERED",
      channel.name,
      "The channel has no founder; a channel operator who is logged in can register it with MODE +r",
    );
  }
  if (to === undefined) {
    return standardReply(
      session,
      "NOTE",
      "FOUNDER",
      "SHOW",
      channel.name,
      registration.founder,
      `The founder is ${registration.founder}`,
    );
  }
  const isOwn = registration.founder === user.account;
  if (!isOwn && !user.isOperator) refuse("ERR_CHANOPRIVSNEEDED", channel.name);
  const account = chat.accounts.find(to) ??
    fail("FOUNDER", "ACCOUNT_UNKNOWN", channel.name, "There is no account with this name");
  const notify = (sentence: string) =>
    standardReply(session, "NOTE", "FOUNDER", "GIVEN", channel.name, account.name, sentence);
  if (account.name === registration.founder) return notify(`The founder is ${account.name} already`);
  const closed = isOwn ? refusalToLetIn(chat, channel, user, "FOUNDER") : undefined;
  if (closed !== undefined) return replyRefusal(session, closed);
  checkLimit(call, channel, account.name);
  const event = {
    kind: "channel kept",
    channel: channel.name,
    founder: account.name,
    user: user.id,
  } as const;
  const pending = commit(event, session);
  const end = () => {
    // Another machine can have been faster; then the user has got a refusal.
    if (chat.channel(channel.name)?.registration?.founder === account.name) {
      notify(`The founder is now ${account.name}`);
    }
  };
  return pending ? pending.then(end) : end();
}

/**
 * MODE +r or -r: a logged-in operator becomes founder of a channel without one; only the founder can unregister it.
 */
export function changeRegistration(call: Call, channel: Channel, sign: "+" | "-"): void | Promise<void> {
  const { commit, session, user } = call;
  const { registration, name } = channel;
  if ((registration !== undefined) === (sign === "+")) return;
  if (registration !== undefined) {
    if (registration.founder !== user.account && !user.isOperator) refuse("ERR_CHANOPRIVSNEEDED", name);
    return commit({ kind: "channel released", channel: name, user: user.id }, session);
  }
  if (levelOf(channel, user) < levels.operator) refuse("ERR_CHANOPRIVSNEEDED", name);
  if (user.account === undefined) {
    fail("MODE", "ACCOUNT_REQUIRED", name, "Log in first: only an account can register a channel");
  }
  checkLimit(call, channel, user.account);
  if (!canRegisterMore(call.chat)) {
    const sentence = "This server has as many registered channels as it allows; ask an operator";
    fail("MODE", "TOO_MANY_CHANNELS", name, sentence);
  }
  return commit({ kind: "channel kept", channel: name, founder: user.account, user: user.id }, session);
}

function checkLimit({ chat }: Call, channel: Channel, account: string): void {
  const { channelsPerAccount } = chat.settings;
  if (countRegistered(chat, account) < channelsPerAccount) return;
  fail(
    "FOUNDER",
    "TOO_MANY_CHANNELS",
    channel.name,
    `The account has already registered ${channelsPerAccount} channels`,
  );
}
