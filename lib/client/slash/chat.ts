/** Slash commands to send messages, to ask about people and to ignore them. */

import { whoisLines } from "../text/server_replies.ts";
import type { CommandUi, SlashTable } from "./command_ui.ts";
import { firstWord, requireText, requireWord } from "./command_ui.ts";
import { ActionError } from "../core/action_error.ts";
import { plainName } from "../text/plain.ts";
import { throwRefusal } from "../core/refusals.ts";
import { matchWhois, numericsIn } from "../core/requests.ts";
import { isChannel } from "../core/state.ts";

/** Rows by name. */
export const chatRows: SlashTable = {
  say: {
    usage: "TEXT",
    help: "Sends a message, even when it starts with /",
    group: "Chat",
    run: (ui, rest) => ui.send(ui.target(), "message", requireText(rest, "/say TEXT")),
  },
  me: {
    usage: "ACTION",
    help: "Says what you are doing: /me waves",
    group: "Chat",
    run: (ui, rest) => ui.send(ui.target(), "action", requireText(rest, "/me waves")),
  },
  msg: {
    usage: "NICK TEXT",
    help: "Sends a private message",
    group: "Chat",
    aliases: ["tell", "m"],
    argumentKinds: ["nick", "text"],
    run(ui, rest) {
      const [to, text] = requireWord(rest, "/msg NICK TEXT");
      ui.send(to, "message", requireText(text, `/msg ${to} TEXT`));
    },
  },
  query: {
    usage: "NICK [TEXT]",
    help: "Opens a private conversation with NICK",
    group: "Chat",
    aliases: ["q"],
    argumentKinds: ["nick", "text"],
    run(ui, rest) {
      const [nick, text] = requireWord(rest, "/query NICK");
      if (isChannel(ui.client.state, nick)) {
        throw new ActionError(`Cannot open a conversation with a channel: write /join ${nick}`);
      }
      ui.client.openConversation(nick);
      ui.show(nick);
      if (text !== "") ui.send(nick, "message", text);
    },
  },
  notice: {
    usage: "NICK TEXT",
    help: "Sends a notice: programs do not answer it",
    group: "Chat",
    argumentKinds: ["nick", "text"],
    run(ui, rest) {
      const [to, text] = requireWord(rest, "/notice NICK TEXT");
      ui.send(to, "notice", requireText(text, `/notice ${to} TEXT`));
    },
  },
  shrug: {
    usage: "[TEXT]",
    help: "Adds ¯\\_(ツ)_/¯",
    group: "Chat",
    run: (ui, rest) => ui.send(ui.target(), "message", `${rest} ¯\\_(ツ)_/¯`.trim()),
  },
  tableflip: {
    usage: "[TEXT]",
    help: "Adds (╯°□°)╯︵ ┻━┻",
    group: "Chat",
    run: (ui, rest) => ui.send(ui.target(), "message", `${rest} (╯°□°)╯︵ ┻━┻`.trim()),
  },
  whois: {
    usage: "NICK",
    help: "Shows who a person is",
    group: "People",
    aliases: ["wi"],
    argumentKinds: ["nick"],
    run: whois,
  },
  ignore: {
    usage: "[NICK]",
    help: "Hides a person's messages, or lists whom you ignore; a mask such as *!*@host works too",
    group: "People",
    argumentKinds: ["nick"],
    run: ignore,
  },
  unignore: {
    usage: "NICK",
    help: "Shows a person's messages again",
    group: "People",
    argumentKinds: ["nick"],
    run(ui, rest) {
      const [nick] = requireWord(rest, "/unignore NICK");
      const masks = new Set(ui.client.state.ignored);
      if (!masks.delete(maskOf(nick))) throw new ActionError(`You do not ignore ${nick}`);
      ui.client.setIgnored(masks);
      ui.note(`You see the messages of ${nick} again`);
    },
  },
};

async function whois(ui: CommandUi, rest: string): Promise<void> {
  const [nick] = requireWord(rest, "/whois NICK");
  // With the nick twice, the server of that person answers. Only that server knows the idle time.
  const answer = await ui.client.server.request(`WHOIS ${nick} ${nick}`, matchWhois);
  // Nobody has that nick, so the server does not know which server to ask.
  if (numericsIn(answer, "ERR_NOSUCHSERVER").length > 0) {
    throw new ActionError(`There is nobody called ${plainName(nick)} here`);
  }
  throwRefusal(ui.client.state, answer);
  for (const line of whoisLines(answer)) ui.note(line);
}

function ignore(ui: CommandUi, rest: string): void {
  const [nick] = firstWord(rest);
  const { ignored } = ui.client.state;
  if (nick === "") {
    return ui.note(
      ignored.size === 0 ? "You do not ignore anybody" : `You ignore ${[...ignored].join(", ")}`,
    );
  }
  ui.client.setIgnored(new Set(ignored).add(maskOf(nick)));
  ui.note(`You ignore ${nick} now: /unignore ${nick} ends that`);
}

function maskOf(nick: string): string {
  return /[!@*]/.test(nick) ? nick.toLowerCase() : `${nick.toLowerCase()}!*@*`;
}
