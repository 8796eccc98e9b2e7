/** Whether users are online: MONITOR (IRCv3), which also reports changes, ISON and USERHOST. */
import { utf8Bytes } from "../../irc/lines.ts";
import { isNick } from "../../irc/names.ts";
import { type NumericName, numerics } from "../../irc/numerics.ts";
import { plainTextBytes } from "../../irc/plain_lines.ts";
import { packWords } from "../../irc/wrap.ts";
import type { Chat } from "../chat/chat.ts";
import { refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { reply } from "../render/reply.ts";
import { splitTargets } from "./channel.ts";
import { refuseFurtherTargets } from "./target_limit.ts";

/** The commands of this file. */
export const monitorCommands: CommandTable = {
  MONITOR: {
    minParams: 1,
    usage: "<+|-> <nick>{,<nick>} | <C|L|S>",
    help:
      "Notifies you when nicks go online or offline: + adds, - removes, C clears, L lists, S shows their status",
    run: monitor,
  },
  ISON: { minParams: 1, usage: "<nick>{ <nick>}", help: "Shows which of these nicks are online", run: ison },
  USERHOST: {
    minParams: 1,
    usage: "<nick>{ <nick>}",
    help: "Shows the user name and host of up to five users",
    run: userhost,
  },
};

const maxUserhosts = 5;

const subcommands: Readonly<Record<string, (call: Call) => void>> = {
  "+": add,
  "-": ({ chat, session, params }) => {
    for (const nick of nicksIn(params)) chat.monitors.remove(session, nick);
  },
  C: ({ chat, session }) => chat.monitors.clear(session),
  L: ({ chat, session }) => {
    sendList(session, "RPL_MONLIST", chat.monitors.list(session));
    reply(session, "RPL_ENDOFMONLIST");
  },
  S: ({ chat, session }) => sendStatus(chat, session, chat.monitors.list(session)),
};

function monitor(call: Call): void {
  const name = (call.params[0] ?? "").toUpperCase();
  if (!Object.hasOwn(subcommands, name)) {
    refuse("ERR_UNKNOWNERROR", "MONITOR", "The subcommand must be +, -, C, L or S");
  }
  subcommands[name]?.(call);
}

function add({ chat, session, params }: Call): void {
  const { nickLength, monitorLimit } = chat.settings;
  const asked = nicksIn(params);
  const nicks = asked.filter((nick) => isNick(nick, nickLength));
  for (const nick of asked) {
    if (!nicks.includes(nick)) reply(session, "ERR_ERRONEUSNICKNAME", nick, "Nobody can have this nick");
  }
  const full: string[] = [];
  for (const nick of nicks) {
    if (!chat.monitors.has(session, nick) && chat.monitors.count(session) >= monitorLimit) full.push(nick);
    else chat.monitors.add(session, nick);
  }
  sendStatus(chat, session, nicks.filter((nick) => !full.includes(nick)));
  if (full.length > 0) sendList(session, "ERR_MONLISTFULL", full, String(monitorLimit));
}

function nicksIn([, list = ""]: readonly string[]): string[] {
  const nicks = splitTargets(list);
  return nicks.length > 0 ? nicks : refuse("ERR_NEEDMOREPARAMS", "MONITOR");
}

function sendStatus(chat: Chat, session: Session, nicks: readonly string[]): void {
  const online: string[] = [];
  const offline: string[] = [];
  for (const nick of nicks) {
    const user = chat.find(nick);
    if (user === undefined) offline.push(nick);
    else online.push(user.source);
  }
  sendList(session, "RPL_MONONLINE", online);
  sendList(session, "RPL_MONOFFLINE", offline);
}

/** Sends the targets in as few replies as possible, with `before` as the first parameters of each. */
function sendList(
  session: Session,
  name: NumericName,
  targets: readonly string[],
  ...before: string[]
): void {
  const [code, words] = numerics[name];
  const ending = words === "" ? 0 : utf8Bytes(` :${words}`);
  const space = plainTextBytes(session.chat.settings.name, code, [session.nick, ...before]) - ending;
  for (const line of packWords(targets, space, ",")) reply(session, name, ...before, line);
}

/** Answers with as few lines as possible, and with an empty one if there are no words. */
function sendWords(session: Session, name: "RPL_ISON" | "RPL_USERHOST", words: Iterable<string>): void {
  const [code] = numerics[name];
  const lines = packWords(words, plainTextBytes(session.chat.settings.name, code, [session.nick]));
  for (const line of lines.length === 0 ? [""] : lines) reply(session, name, line);
}

function ison({ chat, session, params }: Call): void {
  const nicks = params.flatMap((param) => param.split(" ")).filter((nick) => nick !== "");
  const online = new Set(nicks.map((nick) => chat.find(nick)?.nick ?? ""));
  online.delete("");
  sendWords(session, "RPL_ISON", online);
}

function userhost({ chat, session, params }: Call): void {
  const nicks = params.flatMap((param) => param.split(" ")).filter((nick) => nick !== "");
  const shown = nicks.slice(0, maxUserhosts).flatMap((nick) => {
    const user = chat.find(nick);
    if (user === undefined) return [];
    const operatorSign = user.isOperator ? "*" : "";
    const awaySign = user.away === undefined ? "+" : "-";
    return [`${user.nick}${operatorSign}=${awaySign}${user.username}@${user.host}`];
  });
  sendWords(session, "RPL_USERHOST", shown);
  refuseFurtherTargets(session, nicks, maxUserhosts);
}
