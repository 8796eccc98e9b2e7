/** Slash commands about oneself and the program. */

import type { Face, SlashTable } from "./face.ts";
import { neededWord } from "./face.ts";
import { ActionError } from "../core/action_error.ts";
import { presenceFilterModes } from "../text/presence_filter.ts";

/** Rows by name. */
export const selfRows: SlashTable = {
  nick: {
    usage: "NAME",
    help: "Changes your name",
    group: "You",
    run(face, rest) {
      const [name, more] = neededWord(rest, "/nick NAME");
      if (more !== "") throw new ActionError("Cannot use that name: a name is one word");
      face.client.rename(name);
    },
  },
  away: {
    usage: "[REASON]",
    help: "Tells others that you are away",
    group: "You",
    run: (face, rest) => face.client.away(rest.trim() || "Away"),
  },
  back: {
    usage: "",
    help: "Tells others that you are back",
    group: "You",
    run: (face) => face.client.away(""),
  },
  typing: {
    usage: "[on|off]",
    help: "Lets others see that you type, or not",
    group: "You",
    run: typing,
  },
  quiet: {
    usage: "[on|smart|off]",
    help:
      "Hides joins and leaves, or shows them; smart hides those of people who were silent for five minutes",
    group: "You",
    fits: (face) => face.presenceFilter !== undefined,
    run: quiet,
  },
  clear: {
    usage: "",
    help: "Empties the screen",
    group: "Program",
    run: (face) => face.clear(),
  },
  quote: {
    usage: "LINE",
    help: "Sends a line of IRC to the server as it is",
    group: "Program",
    aliases: ["raw"],
    fits: (face) => !face.restricted,
    run(face, rest) {
      if (rest.trim() === "") throw new ActionError("Write /quote LINE");
      if (!face.client.server.send(rest.replace(/[\r\n\0]+/g, " "))) {
        throw new ActionError("Cannot send that: there is no connection to the server");
      }
    },
  },
  quit: {
    usage: "[REASON]",
    help: "Leaves the server",
    group: "Program",
    aliases: ["exit", "bye"],
    run: (face, rest) => face.leave(rest.trim()),
  },
};

function typing(face: Face, rest: string): void {
  const word = rest.trim().toLowerCase();
  if (face.sharesTyping === undefined) throw new ActionError("Nobody is told that you type here");
  if (word !== "" && word !== "on" && word !== "off") {
    throw new ActionError("Write /typing on or /typing off");
  }
  if (word !== "") face.sharesTyping = word === "on";
  face.note(face.sharesTyping ? "Others see when you type" : "Nobody sees when you type");
}

/** Alone it turns quiet on, and off again. */
function quiet(face: Face, rest: string): void {
  const { presenceFilter } = face;
  if (presenceFilter === undefined) return;
  const word = rest.trim().toLowerCase() || (presenceFilter.mode === "off" ? "on" : "off");
  const how = presenceFilterModes.find((one) => one === word);
  if (how === undefined) throw new ActionError("Write /quiet on, /quiet smart or /quiet off");
  presenceFilter.mode = how;
  const shown = {
    off: "are shown",
    on: "are hidden",
    smart: "are shown of people who spoke in the last five minutes",
  };
  face.note(`Joins and leaves ${shown[how]}`);
}
