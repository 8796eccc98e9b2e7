/** Asking about the server: MOTD, LUSERS. */
import type { CommandTable } from "../hub/command.ts";
import type { Hub } from "../hub/hub.ts";
import type { Session } from "../hub/session.ts";

/** The rows of this topic. */
export const infoCommands: CommandTable = {
  MOTD: {
    usage: "",
    help: "Shows the message of the day",
    run: ({ hub, session }) => sendMotd(hub, session),
  },
  LUSERS: {
    usage: "",
    help: "Counts users and channels",
    run: ({ hub, session }) => sendLusers(hub, session),
  },
};

/** The message of the day, or ERR_NOMOTD. */
export function sendMotd(hub: Hub, session: Session): void {
  if (hub.motd.length === 0) return session.reply("ERR_NOMOTD");
  session.reply("RPL_MOTDSTART", `- ${hub.settings.name} message of the day -`);
  for (const line of hub.motd) session.reply("RPL_MOTD", `- ${line}`);
  session.reply("RPL_ENDOFMOTD");
}

/** How many are here. */
export function sendLusers(hub: Hub, session: Session): void {
  const users = hub.users.size;
  const invisible = count(hub, "i");
  const operators = count(hub, "o");
  const unknown = [...hub.sessions.values()].filter((one) => one.registration !== undefined).length;
  session.reply(
    "RPL_LUSERCLIENT",
    `There are ${users - invisible} users and ${invisible} invisible on 1 servers`,
  );
  session.reply("RPL_LUSEROP", String(operators));
  session.reply("RPL_LUSERUNKNOWN", String(unknown));
  session.reply("RPL_LUSERCHANNELS", String(hub.channels.size));
  session.reply("RPL_LUSERME", `I have ${users} clients and 0 servers`);
  session.reply(
    "RPL_LOCALUSERS",
    String(users),
    String(hub.mostUsers),
    `Current local users ${users}, max ${hub.mostUsers}`,
  );
  session.reply(
    "RPL_GLOBALUSERS",
    String(users),
    String(hub.mostUsers),
    `Current global users ${users}, max ${hub.mostUsers}`,
  );
}

function count(hub: Hub, mode: string): number {
  let found = 0;
  for (const user of hub.users.values()) if (user.modes.has(mode)) found++;
  return found;
}
