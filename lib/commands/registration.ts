/** Coming in and staying: CAP, PASS, NICK, USER, PING, PONG, QUIT. */
import { cloak } from "../hub/cloak.ts";
import type { Command, CommandTable, EarlyCall } from "../hub/command.ts";
import type { Hub } from "../hub/hub.ts";
import { refuse } from "../hub/refusal.ts";
import type { Session } from "../hub/session.ts";
import { equalBytes, utf8 } from "../irc/digest.ts";
import { myInfoModes } from "../irc/modes.ts";
import { cleanUsername, isNick } from "../irc/names.ts";
import { cutText } from "../irc/wrap.ts";
import { cap } from "./capability.ts";
import { sendLusers, sendMotd } from "./info.ts";
import { sendIsupport } from "./isupport.ts";

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

function pass({ session, params }: EarlyCall): void {
  if (session.registration === undefined) refuse("ERR_ALREADYREGISTERED");
  session.registration.password = params[0];
}

function nick({ hub, session, params }: EarlyCall): void | Promise<void> {
  const [wanted = ""] = params;
  if (wanted === "") refuse("ERR_NONICKNAMEGIVEN");
  if (!isNick(wanted, hub.settings.nickLength)) refuse("ERR_ERRONEUSNICKNAME", wanted);
  const holder = hub.find(wanted);
  if (holder !== undefined && holder !== session.user) refuse("ERR_NICKNAMEINUSE", wanted);
  const { registration, user } = session;
  if (user !== undefined) {
    if (user.nick === wanted) return;
    return hub.commit({ kind: "renamed", user: user.id, nick: wanted }, session);
  }
  if (registration === undefined) return;
  registration.nick = wanted;
  return complete(hub, session);
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
  const { nick, username, realname, password, away } = registration;
  if (nick === undefined || username === undefined) return;
  if (!isPassword(hub, password)) {
    session.reply("ERR_PASSWDMISMATCH");
    return session.close("Wrong password");
  }
  if (hub.find(nick) !== undefined) {
    registration.nick = undefined;
    return session.reply("ERR_NICKNAMEINUSE", nick);
  }
  const { address, secure } = session.connection;
  const record = {
    id: hub.newReference(),
    nick,
    username: `~${username}`,
    realname,
    host: cloak(address, hub.cloakKey),
    address,
    secure,
    modes: "",
    ...(away !== undefined && { away }),
  };
  const pending = hub.commit({ kind: "arrived", user: record, session: session.id }, session);
  if (pending) return pending.then(() => welcome(hub, session));
  welcome(hub, session);
}

function isPassword({ files }: Hub, given = ""): boolean {
  return files.password === undefined || equalBytes(utf8(given), utf8(files.password));
}

function welcome(hub: Hub, session: Session): void {
  const { user } = session;
  if (user === undefined) return;
  const { name, network } = hub.settings;
  session.reply("RPL_WELCOME", `Welcome to ${network}, ${user.nick}`);
  session.reply("RPL_YOURHOST", `Your host is ${name}, running ${hub.version}`);
  session.reply("RPL_CREATED", `This server was started ${new Date(hub.startedMs).toUTCString()}`);
  session.reply("RPL_MYINFO", name, hub.version, ...myInfoModes);
  sendIsupport(hub, session);
  sendLusers(hub, session);
  sendMotd(hub, session);
}

function ping({ hub, session, params }: EarlyCall): void {
  const [token] = params;
  if (token === undefined) refuse("ERR_NEEDMOREPARAMS", "PING");
  session.answer(hub.fromServer("PONG", [hub.settings.name, token]));
}

function quit({ session, params }: EarlyCall): void {
  const [reason = ""] = params;
  session.close(reason === "" ? "Quit" : `Quit: ${reason}`);
}
