/** Asking about the server: MOTD, LUSERS, VERSION, TIME, ADMIN, INFO, LINKS, STATS. */
import type { Call, CommandTable } from "../hub/command.ts";
import type { Hub } from "../hub/hub.ts";
import { refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import { matchMask } from "../../irc/names.ts";
import { splitText } from "../../irc/wrap.ts";
import { sendIsupport } from "./isupport.ts";

/** The rows of this topic. */
export const infoCommands: CommandTable = {
  MOTD: { usage: "[<server>]", help: "Shows the message of the day", run: onServer(0, sendMotd) },
  LUSERS: { usage: "[<mask> [<server>]]", help: "Counts users and channels", run: onServer(1, sendLusers) },
  VERSION: {
    usage: "[<server>]",
    help: "Shows the server's version and what it can do",
    run: onServer(0, version),
  },
  TIME: { usage: "[<server>]", help: "Shows the server's time", run: onServer(0, time) },
  ADMIN: { usage: "[<server>]", help: "Says who looks after the server", run: onServer(0, admin) },
  INFO: { usage: "[<server>]", help: "Tells about the server", run: onServer(0, info) },
  LINKS: { usage: "", help: "Lists the servers of the network", run: links },
  STATS: {
    usage: "<u> [<server>]",
    help: "Shows figures; u: how long the server has been running",
    run: stats,
  },
};

/** A command that may name a server, or a user on it, as its parameter `at`; there is this one. */
function onServer(at: number, run: (hub: Hub, session: Session) => void): (call: Call) => void {
  return ({ hub, session, params }) => {
    const server = params[at];
    if (server !== undefined && !isThisServer(hub, server)) refuse("ERR_NOSUCHSERVER", server);
    run(hub, session);
  };
}

/** Whether a server's name, a mask of it, or somebody's nick stands for this server. */
export function isThisServer(hub: Hub, text: string): boolean {
  return text === "" || matchMask(text, hub.settings.name) || hub.find(text) !== undefined;
}

/** The message of the day, or ERR_NOMOTD. */
export function sendMotd(hub: Hub, session: Session): void {
  const { motd = [] } = hub.files;
  if (motd.length === 0) return session.reply("ERR_NOMOTD");
  session.reply("RPL_MOTDSTART", `- ${hub.settings.name} message of the day -`);
  for (const line of motd) {
    for (const piece of splitText(line, hub.settings.lineBytes - 200)) {
      session.reply("RPL_MOTD", `- ${piece}`);
    }
  }
  session.reply("RPL_ENDOFMOTD");
}

/** How many are here. */
export function sendLusers(hub: Hub, session: Session): void {
  const users = hub.users.size;
  const invisible = count(hub, "i");
  const unknown = [...hub.sessions.values()].filter((one) => one.registration !== undefined).length;
  const shown = [String(users), String(hub.mostUsers)];
  session.reply(
    "RPL_LUSERCLIENT",
    `There are ${users - invisible} users and ${invisible} invisible on 1 servers`,
  );
  session.reply("RPL_LUSEROP", String(count(hub, "o")));
  session.reply("RPL_LUSERUNKNOWN", String(unknown));
  session.reply("RPL_LUSERCHANNELS", String(hub.channels.size));
  session.reply("RPL_LUSERME", `I have ${users} clients and 0 servers`);
  session.reply("RPL_LOCALUSERS", ...shown, `Current local users ${users}, max ${hub.mostUsers}`);
  session.reply("RPL_GLOBALUSERS", ...shown, `Current global users ${users}, max ${hub.mostUsers}`);
}

function count(hub: Hub, mode: string): number {
  let found = 0;
  for (const user of hub.users.values()) if (user.modes.has(mode)) found++;
  return found;
}

function version(hub: Hub, session: Session): void {
  session.reply("RPL_VERSION", hub.version, hub.settings.name, hub.settings.description);
  sendIsupport(hub, session);
}

function time(hub: Hub, session: Session): void {
  session.reply("RPL_TIME", hub.settings.name, new Date(hub.now()).toUTCString());
}

function admin(hub: Hub, session: Session): void {
  const { name, admin: who } = hub.settings;
  if (who === undefined || who === "") return session.reply("ERR_NOADMININFO", name);
  session.reply("RPL_ADMINME", name);
  session.reply("RPL_ADMINLOC1", hub.settings.description);
  session.reply("RPL_ADMINEMAIL", who);
}

function info(hub: Hub, session: Session): void {
  session.reply("RPL_INFO", `${hub.version}: a chat server that speaks IRCv3, in TypeScript on Deno`);
  session.reply("RPL_INFO", hub.settings.description);
  session.reply("RPL_INFO", `Running since ${new Date(hub.startedMs).toUTCString()}`);
  session.reply("RPL_ENDOFINFO");
}

/** However many machines there are, to people they are one server, which has no links to others. */
function links({ session }: Call): void {
  session.reply("RPL_ENDOFLINKS", "*");
}

function stats({ hub, session, params }: Call): void {
  const [letter = "", server] = params;
  if (letter === "") refuse("ERR_NEEDMOREPARAMS", "STATS");
  if (server !== undefined && !isThisServer(hub, server)) refuse("ERR_NOSUCHSERVER", server);
  if (letter === "u") {
    session.reply("RPL_STATSUPTIME", `Server Up ${formatUptime(hub.now() - hub.startedMs)}`);
  }
  session.reply("RPL_ENDOFSTATS", letter.slice(0, 1));
}

function formatUptime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (count: number) => String(count).padStart(2, "0");
  const [days, hours] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24];
  return `${days} days ${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
