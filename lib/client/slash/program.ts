/** Slash commands for the program: clear the screen, send a raw line, quit. */

import type { SlashTable } from "./command_ui.ts";
import { ActionError } from "../state/action_error.ts";

/** Rows by name. */
export const programRows: SlashTable = {
  clear: {
    usage: "",
    help: "Clears the screen",
    group: "Program",
    run: (ui) => ui.clear(),
  },
  quote: {
    usage: "LINE",
    help: "Sends a raw IRC line to the server",
    group: "Program",
    aliases: ["raw"],
    isAvailable: (ui) => !ui.restricted,
    run(ui, rest) {
      if (rest.trim() === "") throw new ActionError("Write /quote LINE");
      if (!ui.client.server.send(rest.replace(/[\r\n\0]+/g, " "))) {
        throw new ActionError("Cannot send that: there is no connection to the server");
      }
    },
  },
  quit: {
    usage: "[REASON]",
    help: "Disconnects and quits",
    group: "Program",
    aliases: ["exit", "bye"],
    run: (ui, rest) => ui.quit(rest.trim()),
  },
};
