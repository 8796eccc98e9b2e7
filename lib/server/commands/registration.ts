/** Coming in and staying: CAP, PASS, NICK, USER, PING, PONG, QUIT. */
import { showMembership } from "../apply/channel.ts";
import { cloak } from "../chat/cloak.ts";
import type { Command, CommandTable, EarlyCall } from "../hub/command.ts";
import type { UserRecord } from "../apply/event.ts";
import type { Hub } from "../hub/hub.ts";
import { isRefusal, refuse } from "../chat/refusal.ts";
import type { Registration } from "../chat/registration.ts";
import { banSentence } from "../chat/server_ban.ts";
import type { Session } from "../chat/session.ts";
import type { User } from "../chat/user.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { myInfoModes } from "../../irc/modes.ts";
import { cleanUsername, isNick } from "../../irc/names.ts";
import { cutText } from "../../irc/wrap.ts";
import { cap } from "./capability.ts";
import { sendLusers, sendMotd } from "./info.ts";
import { sendIsupport } from "./isupport.ts";
import { accountOf, isOwnGhost, takeNick } from "./login.ts";
import { knowsPassword, pass } from "./pass.ts";
import { abortSasl } from "./sasl.ts";

/** The rows of this topic. */
export const registrationCommands: CommandTable = {
  CAP: {
    early: true,
    minParams: 1,
    usage: "<LS|LIST|REQ|END> [...]",
    help: "Negotiates capabilities",
    run: capAndGoOn,
  },
  PASS: { early: true, minParams: 1, usage: "<password>", help: "Gives the server's password", run: pass },
  NICK: { early: true, usage: "<nick>", help: "Takes a nick", run: nick },
  USER: {
    early: true,
    minParams: 4,
    usage: "<username> 0 * <realname>",
    help: "Says who you are",
    run: user,
  },
  PING: { early: true, usage: "<token>", help: "Asks for a PONG", run: ping },
  PONG: { early: true, usage: "<token>", help: "Answers a PING", run: () => {} } satisfies Command,
  QUIT: { early: true, usage: "[<reason>]", help: "Leaves", run: quit },
};

function capAndGoOn(call: EarlyCall): void | Promise<void> {
  cap(call);
  return complete(call.hub, call.session);
}

function nick(call: EarlyCall): void | Promise<void> {
  const { hub, session, params } = call;
  const [wanted = ""] = params;
  if (wanted === "") refuse("ERR_NONICKNAMEGIVEN");
  if (!isNick(wanted, hub.settings.nickLength)) refuse("ERR_ERRONEUSNICKNAME", wanted);
  const { registration, user } = session;
  const why = whyNot(hub, session, wanted);
  // While it may still log in, a name that belongs to an account may turn out to be its own.
  if (why !== undefined && !(why.mayChange && registration?.negotiating)) {
    return refuseNick(session, wanted, why);
  }
  if (user !== undefined) {
    if (user.nick === wanted) return;
    return takeNick({ ...call, user }, wanted);
  }
  if (registration === undefined) return;
  registration.nick = wanted;
  return complete(hub, session);
}

/** Why a session cannot have a nick, and whether logging in could change that. */
interface Taken {
  readonly words: string;
  readonly mayChange: boolean;
}

function whyNot(hub: Hub, session: Session, nick: string): Taken | undefined {
  const { user } = session;
  const account = accountOf(session);
  const holder = hub.find(nick);
  if (!hub.accounts.mayUse(nick, account)) {
    return { words: "This nick belongs to an account; log in to use it", mayChange: true };
  }
  if (holder === undefined || holder === user) return undefined;
  if (user !== undefined && isOwnGhost(holder, account)) return undefined;
  // Another device of the same account comes to the user that is here.
  if (user === undefined && account !== undefined && holder.account === account) return undefined;
  return { words: "Nickname is already in use", mayChange: holder.account !== undefined };
}

function refuseNick(session: Session, nick: string, { words }: Taken): void {
  session.answer(session.hub.fromServer("433", [session.nick, nick, words]));
}

function user({ hub, session, params }: EarlyCall): void | Promise<void> {
  const { registration } = session;
  if (registration === undefined) refuse("ERR_ALREADYREGISTERED");
  const [username = "", , , realname = ""] = params;
  if (username === "" || realname.trim() === "") refuse("ERR_NEEDMOREPARAMS", "USER");
  registration.username = cleanUsername(username);
  registration.realname = cutText(realname, hub.settings.realNameLength);
  return complete(hub, session);
}

/** Lets the session in when all is said that must be said. */
export function complete(hub: Hub, session: Session): void | Promise<void> {
  const { registration } = session;
  if (registration === undefined || registration.negotiating) return;
  const { nick, username } = registration;
  if (nick === undefined || username === undefined) return;
  if (!knowsPassword(session, registration)) return;
  const why = whyNot(hub, session, nick);
  if (why !== undefined) {
    registration.nick = undefined;
    return refuseNick(session, nick, why);
  }
  abortSasl(session);
  if (registration.account === undefined && hub.settings.loginRequired) {
    session.standardReply(
      "FAIL",
      "*",
      "ACCOUNT_REQUIRED",
      "Log in to your account first; only accounts may come in here",
    );
    return session.close("You must log in");
  }
  const record = recordOf(hub, session, registration, nick);
  const holder = hub.find(nick);
  const pending = holder === undefined
    ? hub.commit({ kind: "arrived", user: record, session: session.id }, session)
    : attach(hub, session, record, holder);
  if (pending) return pending.then(() => welcome(hub, session), (error) => turnAway(session, error));
  welcome(hub, session);
}

/** Its app comes again by itself; waiting for more from it would keep it outside. */
function turnAway(session: Session, error: unknown): void {
  if (!isRefusal(error)) throw error;
  session.refuse(error);
  session.close("Nobody can be let in just now; connect again in a moment");
}

/** A further device joins the user that is here, unless it comes from where bans keep people out. */
function attach(hub: Hub, session: Session, device: UserRecord, user: User): void | Promise<void> {
  const { account = "", away } = device;
  const ban = hub.serverBans.match(device, hub.now());
  if (ban !== undefined) {
    session.reply("ERR_YOUREBANNEDCREEP");
    return session.close(banSentence(ban));
  }
  return hub.commit(
    { kind: "attached", user: user.id, session: session.id, account, ...(away !== undefined && { away }) },
    session,
  );
}

function recordOf(hub: Hub, session: Session, registration: Registration, nick: string): UserRecord {
  const { address, secure } = session.connection;
  const { username, realname, away, account } = registration;
  return {
    id: hub.newReference(),
    nick,
    username: `~${username}`,
    realname,
    host: cloak(address, hub.cloakKey),
    address,
    secure,
    modes: "",
    ...(account !== undefined && { account }),
    ...(away !== undefined && { away }),
  };
}

function welcome(hub: Hub, session: Session): void {
  const { user, registration } = session;
  if (user === undefined) {
    // It was refused when it was applied, and may try another nick.
    if (registration !== undefined) registration.nick = undefined;
    return;
  }
  const { name, network } = hub.settings;
  session.reply("RPL_WELCOME", `Welcome to ${network}, ${user.nick}`);
  session.reply("RPL_YOURHOST", `Your host is ${name}, running ${hub.version}`);
  session.reply("RPL_CREATED", `This server was started ${new Date(hub.startedMs).toUTCString()}`);
  session.reply("RPL_MYINFO", name, hub.version, ...myInfoModes);
  sendIsupport(hub, session);
  sendLusers(hub, session);
  sendMotd(hub, session);
  if (user.modes.size > 0) session.reply("RPL_UMODEIS", `+${[...user.modes].sort().join("")}`);
  if (user.away !== undefined) session.reply("RPL_NOWAWAY");
  for (const channel of user.channels.keys()) showMembership(session, user, channel);
}

function ping({ hub, session, params }: EarlyCall): void {
  const [token] = params;
  const { name, lineBytes } = hub.settings;
  if (token === undefined) refuse("ERR_NEEDMOREPARAMS", "PING");
  if (utf8Bytes(`:${name} PONG ${name} :${token}\r\n`) > lineBytes) refuse("ERR_INPUTTOOLONG");
  session.answer(hub.fromServer("PONG", [name, token]));
}

function quit({ hub, session, params }: EarlyCall): void {
  const reason = cutText(params[0] ?? "", hub.settings.reasonLength);
  session.saidGoodbye = true;
  session.close(reason === "" ? "Quit" : `Quit: ${reason}`);
}
