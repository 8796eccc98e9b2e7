/** Running the server: OPER, KILL, WALLOPS, REHASH, CHGHOST. Server bans are in server_ban.ts. */
import { peerOf } from "../../irc/address.ts";
import { utf8 } from "../../irc/digest.ts";
import { utf8Bytes } from "../../irc/lines.ts";
import { decoyVerifier, isPassword } from "../../irc/scram.ts";
import { cutBytes } from "../../irc/wrap.ts";
import { isConfidential } from "../chat/accounts.ts";
import { operatorKey } from "../chat/operator_entry.ts";
import { refuse } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { tellOperators } from "../render/operator_notice.ts";
import { reply, standardReply } from "../render/reply.ts";
import { keepAct } from "./audit.ts";
import { passwordsNeedEncryption } from "./login.ts";

/** The commands of this file. */
export const operCommands: CommandTable = {
  OPER: { minParams: 2, usage: "<name> <password>", help: "Makes you a server operator", run: oper },
  KILL: { oper: true, minParams: 1, usage: "<nick> [<reason>]", help: "Disconnects a user", run: kill },
  WALLOPS: {
    oper: true,
    minParams: 1,
    usage: "<text>",
    help: "Sends a message to all users with mode w",
    run: wallops,
  },
  REHASH: {
    oper: true,
    usage: "",
    help: "Reads the files of the message of the day, the password and the operators again",
    run: rehash,
  },
  CHGHOST: {
    oper: true,
    minParams: 2,
    usage: "<nick> <host>",
    help: "Changes the host that is shown for a user",
    run: chghost,
  },
};

/** Rounds for a name that does not exist: about as many as real verifiers have. */
const decoyRounds = 600_000;
const maxHost = 63;

/** Accepts a password only over an encrypted or local connection. Each address has a few attempts. */
async function oper({ chat, commit, session, user, params }: Call): Promise<void> {
  const [name = "", password = ""] = params;
  const { address } = session.connection;
  if (!isConfidential(session)) refuse("ERR_NOOPERHOST", passwordsNeedEncryption);
  const peer = peerOf(address);
  if (!chat.operatorGuesses.tryTake(peer, chat.clock.monotonic())) refuse("RPL_TRYAGAIN", "OPER");
  const operatorVerifier = chat.files.operators?.get(name);
  const verifier = operatorVerifier ?? await decoyVerifier(name, utf8("no such operator"), () => decoyRounds);
  const isCorrect = await isPassword(verifier, password) &&
    // The file can be read again meanwhile.
    chat.files.operators?.get(name) === operatorVerifier;
  if (operatorVerifier === undefined || !isCorrect) {
    chat.logEntry("operator login failed", { nick: user.nick, account: user.account, address });
    tellOperators(
      chat,
      `${user.source} failed to become operator "${cutBytes(name, 40)}"`,
      chat.stampNow(),
    );
    refuse("ERR_PASSWDMISMATCH");
  }
  chat.operatorGuesses.returnToken(peer);
  const operator = { name, machine: chat.machine, key: operatorKey(operatorVerifier) };
  if (user.isOperator && user.operator?.key === operator.key) return reply(session, "RPL_YOUREOPER");
  await commit({ kind: "user modes set", user: user.id, added: "o", removed: "", operator }, session);
}

function kill({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [nick = "", text = ""] = params;
  const target = chat.find(nick) ?? refuse("ERR_NOSUCHNICK", nick);
  const reason = cutBytes(text === "" ? "No reason given" : text, chat.settings.reasonLength);
  return commit({ kind: "killed", user: target.id, by: user.source, reason }, session);
}

function wallops({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [text = ""] = params;
  if (text === "") refuse("ERR_NEEDMOREPARAMS", "WALLOPS");
  if (utf8Bytes(`:${user.source} WALLOPS :${text}\r\n`) > chat.settings.lineBytes) refuse("ERR_INPUTTOOLONG");
  const note = () => {
    const count = [...chat.users.values()].filter(({ modes }) => modes.has("w")).length;
    standardReply(
      session,
      "NOTE",
      "WALLOPS",
      "SENT",
      `${count} of ${chat.users.size} users get it: those with +w`,
    );
  };
  const pending = commit({ kind: "wallops", user: user.id, text }, session);
  return pending ? pending.then(note) : note();
}

/** Reads the files of this machine only, because each machine has its own files. */
function rehash(call: Call): void | Promise<void> {
  const { chat, server, session, user } = call;
  try {
    server.rehash();
  } catch (error) {
    return reply(session, "ERR_FILEERROR", error instanceof Error ? error.message : String(error));
  }
  reply(session, "RPL_REHASHING", chat.settings.name);
  tellOperators(chat, `${user.nick} made the server read its files again`, chat.stampNow());
  return keepAct(call, "REHASH", chat.machine);
}

function chghost({ chat, commit, session, user: operator, params }: Call): void | Promise<void> {
  const [nick = "", host = ""] = params;
  const user = chat.find(nick) ?? refuse("ERR_NOSUCHNICK", nick);
  if (host.length > maxHost || !/^[A-Za-z0-9][A-Za-z0-9._/:-]*$/.test(host)) {
    refuse(
      "ERR_UNKNOWNERROR",
      "CHGHOST",
      `The host can have up to ${maxHost} letters, digits and the characters ./:-_`,
    );
  }
  return commit({ kind: "host set", user: user.id, host, by: operator.nick }, session);
}
