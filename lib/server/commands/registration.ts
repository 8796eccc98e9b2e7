/** Connecting and staying connected: CAP, PASS, USER, PING, PONG, QUIT. NICK is in nick.ts. */
import { utf8Bytes } from "../../irc/lines.ts";
import { cleanUsername } from "../../irc/names.ts";
import { numerics } from "../../irc/numerics.ts";
import { plainLineBytes } from "../../irc/plain_lines.ts";
import { cutBytes } from "../../irc/wrap.ts";
import { quitReason } from "../chat/quit_reason.ts";
import { refuse } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { Command, CommandTable, EarlyCall } from "../hub/command.ts";
import { fromServer } from "../render/sender.ts";
import { completeRegistration } from "./complete_registration.ts";
import { cap } from "./capability.ts";
import { pass } from "./pass.ts";

/** The commands of this file. */
export const registrationCommands: CommandTable = {
  CAP: {
    early: true,
    minParams: 1,
    usage: "<LS|LIST|REQ|END> [...]",
    help: "Negotiates capabilities",
    run: negotiateCapabilities,
  },
  PASS: {
    early: true,
    minParams: 1,
    usage: "<password>",
    help: "Sends the password of the server",
    run: pass,
  },
  USER: {
    early: true,
    minParams: 4,
    usage: "<username> 0 * <realname>",
    help: "Sets your user name and real name",
    run: user,
  },
  PING: { early: true, usage: "<token>", help: "Asks for a PONG", run: ping },
  PONG: { early: true, usage: "<token>", help: "Answers a PING", run: () => {} } satisfies Command,
  QUIT: { early: true, usage: "[<reason>]", help: "Disconnects you", run: quit },
};

function negotiateCapabilities(call: EarlyCall): void | Promise<void> {
  cap(call);
  return completeRegistration(call);
}

function user(call: EarlyCall): void | Promise<void> {
  const { chat, session, params } = call;
  const { registration } = session;
  if (registration === undefined) refuse("ERR_ALREADYREGISTERED");
  const [username = "", , , realname = ""] = params;
  if (username === "") refuse("ERR_NEEDMOREPARAMS", "USER");
  if (realname === "") warnOfEmptyRealname(session);
  registration.username = cleanUsername(username);
  registration.realname = realname.trim() === "" ? "" : cutBytes(realname, chat.settings.realNameLength);
  return completeRegistration(call);
}

/**
 * The numeric is the one that conformance tests want. The nick takes the place of the real name, because few clients
 * send USER again, and without it they would wait until the registration times out.
 */
function warnOfEmptyRealname(session: Session): void {
  const sentence = "The real name is empty; your nick is shown instead";
  const [code] = numerics.ERR_NEEDMOREPARAMS;
  session.answer(fromServer(session.chat, code, [session.nick, "USER", sentence]));
}

function ping({ chat, session, params }: EarlyCall): void {
  const [token] = params;
  const { name } = chat.settings;
  if (token === undefined) refuse("ERR_NEEDMOREPARAMS", "PING");
  // A token that was cut would not answer the PING.
  if (utf8Bytes(`:${name} PONG ${name} :${token}\r\n`) > plainLineBytes) refuse("ERR_INPUTTOOLONG");
  session.answer(fromServer(chat, "PONG", [name, token]));
}

function quit({ chat, session, params }: EarlyCall): void {
  const reason = cutBytes(params[0] ?? "", chat.settings.reasonLength);
  session.hasQuit = true;
  session.close(quitReason(reason));
}
