/** Slash commands to send messages. */

import type { SlashTable } from "./command_ui.ts";
import { requireText, requireWord } from "./command_ui.ts";
import { ActionError } from "../state/action_error.ts";
import { isChannel } from "../state/state.ts";

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
    help: "Describes what you are doing: /me waves",
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
};
