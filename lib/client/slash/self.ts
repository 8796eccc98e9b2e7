/** Slash commands about ourselves: name, away, typing, joins and leaves. */

import type { CommandUi, SlashTable } from "./command_ui.ts";
import { requireWord } from "./command_ui.ts";
import { ActionError } from "../state/action_error.ts";
import { presenceFilterModes } from "../text/presence_filter.ts";

/** Rows by name. */
export const selfRows: SlashTable = {
  nick: {
    usage: "NAME",
    help: "Changes your name",
    group: "You",
    run(ui, rest) {
      const [name, more] = requireWord(rest, "/nick NAME");
      if (more !== "") throw new ActionError("Cannot use that name: a name must be one word");
      ui.client.rename(name);
    },
  },
  away: {
    usage: "[REASON]",
    help: "Tells others that you are away",
    group: "You",
    run: (ui, rest) => ui.client.setAway(rest.trim() || "Away"),
  },
  back: {
    usage: "",
    help: "Tells others that you are back",
    group: "You",
    run: (ui) => ui.client.setAway(""),
  },
  typing: {
    usage: "[on|off]",
    help: "Shows others that you are typing, or hides it",
    group: "You",
    run: typing,
  },
  quiet: {
    usage: "[on|smart|off]",
    help: "Hides or shows joins and leaves; smart shows only people who wrote in the last five minutes",
    group: "You",
    isAvailable: (ui) => ui.presenceFilter !== undefined,
    run: quiet,
  },
};

function typing(ui: CommandUi, rest: string): void {
  const word = rest.trim().toLowerCase();
  if (ui.sharesTyping === undefined) throw new ActionError("Others cannot see here that you type");
  if (word !== "" && word !== "on" && word !== "off") {
    throw new ActionError("Write /typing on or /typing off");
  }
  if (word !== "") ui.sharesTyping = word === "on";
  ui.note(ui.sharesTyping ? "Others see that you are typing" : "Others do not see that you are typing");
}

/** Without a word it switches between on and off. */
function quiet(ui: CommandUi, rest: string): void {
  const { presenceFilter } = ui;
  if (presenceFilter === undefined) return;
  const word = rest.trim().toLowerCase() || (presenceFilter.mode === "off" ? "on" : "off");
  const mode = presenceFilterModes.find((one) => one === word);
  if (mode === undefined) throw new ActionError("Write /quiet on, /quiet smart or /quiet off");
  presenceFilter.mode = mode;
  const shown = {
    off: "are shown",
    on: "are hidden",
    smart: "are shown only for people who wrote in the last five minutes",
  };
  ui.note(`Joins and leaves ${shown[mode]}`);
}
