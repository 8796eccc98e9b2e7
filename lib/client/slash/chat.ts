/** Slash commands for saying something and for getting to know somebody. */

import { whoisLines } from "../text/answers.ts";
import type { Face, SlashTable } from "./face.ts";
import { firstWord, neededText, neededWord } from "./face.ts";
import { ActionError } from "../core/action_error.ts";
import { plainName } from "../text/plain.ts";
import { throwRefusal } from "../core/refusals.ts";
import { numericsIn, whoisUntil } from "../core/requests.ts";
import { isChannel } from "../core/state.ts";

/** Rows by name. */
export const chatRows: SlashTable = {
  say: {
    usage: "TEXT",
    help: "Says something, even when it starts with /",
    group: "Chat",
    run: (face, rest) => face.say(face.target(), "message", neededText(rest, "/say TEXT")),
  },
  me: {
    usage: "DOES",
    help: "Tells what you are doing: /me waves",
    group: "Chat",
    run: (face, rest) => face.say(face.target(), "action", neededText(rest, "/me waves")),
  },
  msg: {
    usage: "NICK TEXT",
    help: "Sends a private message",
    group: "Chat",
    aliases: ["tell", "m"],
    takes: ["nick", "text"],
    run(face, rest) {
      const [to, text] = neededWord(rest, "/msg NICK TEXT");
      face.say(to, "message", neededText(text, `/msg ${to} TEXT`));
    },
  },
  query: {
    usage: "NICK [TEXT]",
    help: "Opens a private conversation: what you type then goes to NICK",
    group: "Chat",
    aliases: ["q"],
    takes: ["nick", "text"],
    run(face, rest) {
      const [nick, text] = neededWord(rest, "/query NICK");
      if (isChannel(face.client.state, nick)) {
        throw new ActionError(`Cannot talk to a room in private: write /join ${nick}`);
      }
      face.client.open(nick);
      face.show(nick);
      if (text !== "") face.say(nick, "message", text);
    },
  },
  notice: {
    usage: "NICK TEXT",
    help: "Sends a notice, which nothing answers by itself",
    group: "Chat",
    takes: ["nick", "text"],
    run(face, rest) {
      const [to, text] = neededWord(rest, "/notice NICK TEXT");
      face.say(to, "notice", neededText(text, `/notice ${to} TEXT`));
    },
  },
  shrug: {
    usage: "[TEXT]",
    help: "Adds ¯\\_(ツ)_/¯",
    group: "Chat",
    run: (face, rest) => face.say(face.target(), "message", `${rest} ¯\\_(ツ)_/¯`.trim()),
  },
  tableflip: {
    usage: "[TEXT]",
    help: "Adds (╯°□°)╯︵ ┻━┻",
    group: "Chat",
    run: (face, rest) => face.say(face.target(), "message", `${rest} (╯°□°)╯︵ ┻━┻`.trim()),
  },
  whois: {
    usage: "NICK",
    help: "Tells who somebody is",
    group: "People",
    aliases: ["wi"],
    takes: ["nick"],
    run: whois,
  },
  ignore: {
    usage: "[NICK]",
    help: "Hears somebody no more, or lists whom you do not hear; a mask such as *!*@host works too",
    group: "People",
    takes: ["nick"],
    run: ignore,
  },
  unignore: {
    usage: "NICK",
    help: "Hears somebody again",
    group: "People",
    takes: ["nick"],
    run(face, rest) {
      const [nick] = neededWord(rest, "/unignore NICK");
      const masks = new Set(face.client.state.ignored);
      if (!masks.delete(maskOf(nick))) throw new ActionError(`You do not ignore ${nick}`);
      face.client.ignore(masks);
      face.note(`You hear ${nick} again`);
    },
  },
};

async function whois(face: Face, rest: string): Promise<void> {
  const [nick] = neededWord(rest, "/whois NICK");
  // The nick twice asks the server that knows how long somebody has been silent.
  const answer = await face.client.server.request(`WHOIS ${nick} ${nick}`, whoisUntil);
  // Nobody has that nick, so the server does not know which server to ask.
  if (numericsIn(answer, "ERR_NOSUCHSERVER").length > 0) {
    throw new ActionError(`There is nobody called ${plainName(nick)} here`);
  }
  throwRefusal(face.client.state, answer);
  for (const line of whoisLines(answer)) face.note(line);
}

function ignore(face: Face, rest: string): void {
  const [nick] = firstWord(rest);
  const { ignored } = face.client.state;
  if (nick === "") {
    return face.note(ignored.size === 0 ? "You ignore nobody" : `You ignore ${[...ignored].join(", ")}`);
  }
  face.client.ignore(new Set(ignored).add(maskOf(nick)));
  face.note(`You no longer hear ${nick}: /unignore ${nick} takes it back`);
}

function maskOf(nick: string): string {
  return /[!@*]/.test(nick) ? nick.toLowerCase() : `${nick.toLowerCase()}!*@*`;
}
