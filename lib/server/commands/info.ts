/** Information about the server: MOTD, LUSERS, VERSION, TIME, ADMIN, INFO, LINKS, STATS. */
import { matchMask } from "../../irc/mask.ts";
import { splitText } from "../../irc/wrap.ts";
import type { Chat } from "../chat/chat.ts";
import { refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { type NumericRow, reply, replyAll } from "../render/reply.ts";
import { sendIsupport } from "./isupport.ts";

/** The commands of this file. */
export const infoCommands: CommandTable = {
  MOTD: { usage: "[<server>]", help: "Shows the message of the day", run: onServer(0, sendMotd) },
  LUSERS: { usage: "[<mask> [<server>]]", help: "Counts users and channels", run: onServer(1, sendLusers) },
  VERSION: {
    usage: "[<server>]",
    help: "Shows the version of the server and its features",
    run: onServer(0, version),
  },
  TIME: { usage: "[<server>]", help: "Shows the time of the server", run: onServer(0, time) },
  ADMIN: {
    usage: "[<server>]",
    help: "Shows the contact of the person who runs the server",
    run: onServer(0, admin),
  },
  INFO: { usage: "[<server>]", help: "Shows information about the server", run: onServer(0, info) },
  LINKS: { usage: "[<mask>]", help: "Lists the servers of the network, with their descriptions", run: links },
  STATS: {
    usage: "<u> [<server>]",
    help: "Shows statistics; u: the time since the start of the server",
    run: stats,
  },
};

/** A command whose parameter `at` can name a server or a user on it; only this server exists. */
function onServer(at: number, run: (chat: Chat, session: Session) => void): (call: Call) => void {
  return ({ chat, session, params }) => {
    const server = params[at];
    if (server !== undefined && !isThisServer(chat, server)) refuse("ERR_NOSUCHSERVER", server);
    run(chat, session);
  };
}

/** Whether the name of a server, a mask of it, or a nick refers to this server. */
export function isThisServer(chat: Chat, text: string): boolean {
  return text === "" || matchMask(text, chat.settings.name) || chat.find(text) !== undefined;
}

/** Short enough for a line of 512 bytes with any names. */
const motdBytes = 320;

/** The message of the day, or ERR_NOMOTD. */
export function sendMotd(chat: Chat, session: Session): void {
  const { motd = [] } = chat.files;
  if (motd.length === 0) return reply(session, "ERR_NOMOTD");
  const pieces = motd.flatMap((line) => splitText(line, motdBytes));
  replyAll(session, [
    ["RPL_MOTDSTART", `- ${chat.settings.name} message of the day -`],
    ...pieces.map((piece): NumericRow => ["RPL_MOTD", `- ${piece}`]),
    ["RPL_ENDOFMOTD"],
  ]);
}

/** The numbers of users and channels. */
export function sendLusers(chat: Chat, session: Session): void {
  const users = chat.users.size;
  const invisible = chat.users.countMode("i");
  const shown = [String(users), String(chat.mostUsers)];
  replyAll(session, [
    ["RPL_LUSERCLIENT", `There are ${users - invisible} users and ${invisible} invisible on 1 servers`],
    ["RPL_LUSEROP", String(chat.users.countMode("o"))],
    ["RPL_LUSERUNKNOWN", String(chat.unregistered)],
    ["RPL_LUSERCHANNELS", String(chat.channels.size)],
    ["RPL_LUSERME", `I have ${users} clients and 0 servers`],
    ["RPL_LOCALUSERS", ...shown, `Current local users ${users}, max ${chat.mostUsers}`],
    ["RPL_GLOBALUSERS", ...shown, `Current global users ${users}, max ${chat.mostUsers}`],
  ]);
}

function version(chat: Chat, session: Session): void {
  reply(session, "RPL_VERSION", chat.version, chat.settings.name, chat.settings.description);
  sendIsupport(chat, session);
}

function time(chat: Chat, session: Session): void {
  reply(session, "RPL_TIME", chat.settings.name, new Date(chat.now()).toUTCString());
}

function admin(chat: Chat, session: Session): void {
  const { name, admin: who } = chat.settings;
  if (who === undefined || who === "") return reply(session, "ERR_NOADMININFO", name);
  reply(session, "RPL_ADMINME", name);
  reply(session, "RPL_ADMINLOC1", chat.settings.description);
  reply(session, "RPL_ADMINEMAIL", who);
}

function info(chat: Chat, session: Session): void {
  reply(session, "RPL_INFO", `${chat.version}: a chat server that speaks IRCv3, in TypeScript on Deno`);
  reply(session, "RPL_INFO", chat.settings.description);
  reply(session, "RPL_INFO", `Running since ${new Date(chat.startedMs).toUTCString()}`);
  reply(session, "RPL_ENDOFINFO");
}

/** A cluster of machines is one server for users, and it has no links to others. The mask is the last parameter. */
function links({ chat, session, params }: Call): void {
  const { name, description } = chat.settings;
  const mask = params.at(-1) ?? "*";
  if (matchMask(mask, name)) reply(session, "RPL_LINKS", name, name, `0 ${description}`);
  reply(session, "RPL_ENDOFLINKS", mask);
}

function stats({ chat, session, params }: Call): void {
  const [letter = "", server] = params;
  if (letter === "") refuse("ERR_NEEDMOREPARAMS", "STATS");
  if (server !== undefined && !isThisServer(chat, server)) refuse("ERR_NOSUCHSERVER", server);
  if (letter === "u") {
    reply(session, "RPL_STATSUPTIME", `Server Up ${formatUptime(chat.clock.uptimeMs())}`);
  }
  reply(session, "RPL_ENDOFSTATS", letter.slice(0, 1));
}

function formatUptime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (count: number) => String(count).padStart(2, "0");
  const [days, hours] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24];
  return `${days} days ${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
