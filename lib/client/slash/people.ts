/** Slash commands to ask about people, and to ignore their messages. */

import { whoisLines } from "../text/server_replies.ts";
import type { CommandUi, SlashTable } from "./command_ui.ts";
import { firstWord, requireWord } from "./command_ui.ts";
import { ActionError } from "../state/action_error.ts";
import { accountOf, ignoreMask } from "../state/renames.ts";
import { ignoredAccount } from "../state/state.ts";
import { plainName } from "../text/plain.ts";
import { throwRefusal } from "../state/refusals.ts";
import { matchWhois, numericsIn } from "../core/requests.ts";

/** Rows by name. */
export const peopleRows: SlashTable = {
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
    help: "Hides a person's messages, or lists the people you ignore; a mask such as *!*@host works too",
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
      const mask = maskOf(nick);
      // A person who has another nick now is known under both.
      const [followed = mask] = [...ui.client.state.ignoredAs].find(([, written]) => written === mask) ?? [];
      const account = ignoredAccount(accountOf(ui.client.state, nick) ?? nick);
      const known = [followed, mask, account].filter((one) => masks.delete(one));
      if (known.length === 0) throw new ActionError(`You do not ignore ${nick}`);
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
      ignored.size === 0
        ? "You do not ignore anybody"
        : `You ignore ${[...ignored].map((one) => one.replace(/^\$a:/, "the account ")).join(", ")}`,
    );
  }
  // An account stays ignored under every nick.
  const account = accountOf(ui.client.state, nick);
  const accounts = account === undefined ? [] : [ignoredAccount(account)];
  ui.client.setIgnored(new Set([...ignored, maskOf(nick), ...accounts]));
  ui.note(`You ignore ${nick} now: /unignore ${nick} ends that`);
}

function maskOf(nick: string): string {
  return /[!@*]/.test(nick) ? nick.toLowerCase() : ignoreMask(nick);
}
