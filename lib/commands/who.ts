/** Asking about people: WHO. */
import type { Call, CommandTable } from "../hub/command.ts";
import type { Channel } from "../hub/channel.ts";
import type { User } from "../hub/user.ts";
import { matchMask } from "../irc/names.ts";

/** The rows of this topic. */
export const whoCommands: CommandTable = {
  WHO: { usage: "<channel or mask>", help: "Lists users of a channel or by mask", run: who },
};

function who(call: Call): void {
  const { hub, session, params } = call;
  const [mask = "*"] = params;
  if (mask.startsWith("#")) {
    const channel = hub.channel(mask);
    if (channel) { for (const user of channel.members.keys()) sendWho(call, user, channel); }
  } else {
    for (const user of hub.users.values()) {
      if (matchMask(mask, user.nick) || (mask.includes("!") && matchMask(mask, user.source))) {
        sendWho(call, user, undefined);
      }
    }
  }
  session.reply("RPL_ENDOFWHO", mask);
}

function sendWho({ hub, session }: Call, user: User, channel: Channel | undefined): void {
  const flags = (user.away === undefined ? "H" : "G") + (user.modes.has("o") ? "*" : "") +
    (channel?.prefixesOf(user)?.slice(0, session.has("multi-prefix") ? undefined : 1) ?? "");
  session.reply(
    "RPL_WHOREPLY",
    channel?.name ?? "*",
    user.username,
    user.host,
    hub.settings.name,
    user.nick,
    flags,
    `0 ${user.realname}`,
  );
}
