/** UBAN: server bans by address or network, account, or mask; it adds, removes and lists them. */
import { isLoopback } from "../../irc/address.ts";
import { cutBytes } from "../../irc/wrap.ts";
import { fail } from "../chat/refusal.ts";
import {
  type BanTarget,
  formatTarget,
  matchesUser,
  parseDuration,
  parseTarget,
  type ServerBan,
} from "../chat/server_ban.ts";
import { shownTime } from "../chat/shown_time.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { standardReply } from "../render/reply.ts";
import { fromServer } from "../render/sender.ts";
import { inTurns } from "./in_turns.ts";

/** The commands of this file. */
export const banCommands: CommandTable = {
  UBAN: {
    oper: true,
    minParams: 1,
    usage: "ADD <target> [<duration>] [<reason>] | DEL <target> | LIST | INFO <target>",
    help:
      "Manages server bans; a target is an address (10.1.2.3), a network (10.1.0.0/16), an account (a:bob) or a mask (bob!*@* for the nick only); a duration is 90m or 1d12h",
    run: uban,
  },
};

const subcommands: Readonly<Record<string, (call: Call) => void | Promise<void>>> = {
  ADD: add,
  DEL: remove,
  LIST: list,
  INFO: info,
};

function uban(call: Call): void | Promise<void> {
  const name = (call.params[0] ?? "").toUpperCase();
  if (!Object.hasOwn(subcommands, name)) {
    fail("UBAN", "UNKNOWN_COMMAND", name, "The subcommand must be ADD, DEL, LIST or INFO");
  }
  return subcommands[name]?.(call);
}

function add(call: Call): void | Promise<void> {
  const { chat, commit, session, user, params } = call;
  const target = targetOf(call);
  const [, , first = "", ...rest] = params;
  const durationMs = parseDuration(first);
  // A mistyped duration would make the ban permanent.
  if (durationMs === undefined && /^\d[\da-z]*$/i.test(first)) {
    fail("UBAN", "INVALID_PARAMS", first, "The duration must have units, such as 90m or 1d12h");
  }
  const text = (durationMs === undefined ? [first, ...rest] : rest).join(" ").trim();
  if (matchesUser(target, user)) {
    fail("UBAN", "SELF", formatTarget(target), "This ban would match you");
  }
  const now = chat.now();
  const ban: ServerBan = {
    target: formatTarget(target),
    reason: cutBytes(text === "" ? "No reason given" : text, chat.settings.reasonLength),
    by: user.nick,
    atMs: now,
    ...(durationMs !== undefined && { untilMs: now + durationMs }),
  };
  const words = params[1] !== undefined && ban.target === `${params[1]}!*@*` &&
    nickOnlyWarning(call, params[1]);
  const note = () => words && standardReply(session, "NOTE", "UBAN", "NICK_ONLY", ban.target, words);
  const pending = commit({ kind: "server ban added", ban }, session);
  return pending ? pending.then(() => void note()) : void note();
}

/**
 * Says what a ban of a nick does not cover, and which bans cover it. Call it before the ban disconnects the user.
 */
function nickOnlyWarning({ chat }: Call, nick: string): string {
  const found = chat.find(nick);
  const account = found?.account === undefined ? [] : [`UBAN ADD a:${found.account}`];
  const addresses = new Set([...found?.devices.values() ?? []].map((device) => device.address))
    .add(found?.address ?? "127.0.0.1");
  const others = [...addresses].filter((one) => !isLoopback(one)).map((one) => `UBAN ADD ${one}`);
  const commands = [...account, ...others];
  return `This bans only the nick ${nick}, and the person can choose another nick; to keep the person out, use ` +
    (commands.length === 0
      ? "a ban of an address, a network or an account (a:name)"
      : commands.join(" and "));
}

function remove(call: Call): void | Promise<void> {
  const { chat, commit, session, user } = call;
  const target = formatTarget(targetOf(call));
  if (chat.serverBans.find(target, chat.clock.cautiousNow()) === undefined) {
    fail("UBAN", "NO_SUCH_BAN", target, "There is no ban of this target");
  }
  return commit({ kind: "server ban removed", target, by: user.nick }, session);
}

function list(call: Call): void | Promise<void> {
  const { chat, session } = call;
  const bans = chat.serverBans.list(chat.clock.cautiousNow());
  const pending = inTurns(session, bans, (ban) => sendNotice(call, describeBan(ban)));
  const end = () => sendNotice(call, bans.length === 0 ? "No bans" : `End of ${bans.length} bans`);
  return pending ? pending.then(end) : end();
}

/** Whether a target is banned, and which online users it matches: a check before a ban. */
function info(call: Call): void {
  const { chat } = call;
  const target = targetOf(call);
  const ban = chat.serverBans.find(formatTarget(target), chat.clock.cautiousNow());
  sendNotice(call, ban === undefined ? `${formatTarget(target)} is not banned` : describeBan(ban));
  const named = [...chat.users.values()].filter((user) => matchesUser(target, user));
  const nicks = named.slice(0, 20).map((user) => user.nick).join(" ");
  sendNotice(
    call,
    `It matches ${named.length} of ${chat.users.size} users${nicks === "" ? "" : `: ${nicks}`}`,
  );
}

function targetOf({ params }: Call): BanTarget {
  const [, text = ""] = params;
  return parseTarget(text) ??
    fail(
      "UBAN",
      "INVALID_TARGET",
      text,
      "The target must be an address, a network, a:account or a mask",
    );
}

function describeBan({ target, reason, by, atMs, untilMs }: ServerBan): string {
  const until = untilMs === undefined ? "permanently" : `until ${shownTime(untilMs)}`;
  return `${target} ${until}, by ${by} at ${shownTime(atMs)}: ${reason}`;
}

function sendNotice({ chat, session }: Call, text: string): void {
  session.answer(fromServer(chat, "NOTICE", [session.nick, text]));
}
