/**
 * NickServ for apps without SASL: IDENTIFY and REGISTER; CERT for people who know it from other servers. It is a name
 * that answers, not a user; messages to it are not stored.
 */
import { fold } from "../../irc/names.ts";
import { isConfidential } from "../chat/accounts.ts";
import { isRefusal } from "../chat/refusal.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { tellActs } from "../render/account_acts.ts";
import { OutgoingLine } from "../render/outgoing.ts";
import { register } from "./account.ts";
import { cert } from "./certificate.ts";
import { checkPassword, failureSentence, logIn, passwordsNeedEncryption, sendLoggedIn } from "./login.ts";
import { takeNick } from "./nick.ts";
import { isOwnDisconnected } from "./nick_in_use.ts";

const usage = "<IDENTIFY <account> <password> | REGISTER <password> | CERT ...>";
const help = "Logs in or registers an account, for apps that support no other way";

/** The commands of this file. */
export const servicesCommands: CommandTable = {
  NICKSERV: { usage, help, run: ({ params, ...call }) => askNickServ({ ...call, params }, params.join(" ")) },
  NS: { usage, help, run: ({ params, ...call }) => askNickServ({ ...call, params }, params.join(" ")) },
};

/** Whether messages to this name are for NickServ. */
export function isNickServ(name: string): boolean {
  return fold(name.split("@", 1)[0] ?? "") === "nickserv";
}

/** Answers a message to NickServ. */
export function askNickServ(call: Call, text: string): void | Promise<void> {
  const [word = "", ...words] = text.trim().split(/\s+/);
  switch (word.toUpperCase()) {
    case "IDENTIFY":
    case "LOGIN":
      return identify(call, words);
    case "REGISTER":
      return registerAccount(call, words);
    case "CERT":
      return cert({ ...call, params: words });
    default:
      return answer(
        call,
        `The commands are IDENTIFY <account> <password>, REGISTER <password> and CERT ADD; for more, see /ACCOUNT and /HELP ACCOUNT`,
      );
  }
}

async function identify(call: Call, words: readonly string[]): Promise<void> {
  const { chat, session, user } = call;
  const [name, password] = words.length > 1 ? words : [user.nick, words[0]];
  if (name === undefined || password === undefined) {
    return answer(call, "Write: IDENTIFY <account> <password>");
  }
  if (!isConfidential(session)) return answer(call, passwordsNeedEncryption);
  const outcome = await checkPassword(call, name, password, "NickServ");
  if (outcome.kind !== "right") return answer(call, failureSentence(outcome));
  const { name: account } = outcome.account;
  if (!await logIn(call, outcome.account)) {
    return answer(call, "Your other devices are logged in to another account");
  }
  sendLoggedIn(session, account);
  answer(call, `You are now logged in as ${account}`);
  tellActs(session);
  // A user who could not have this nick without logging in gets it now.
  const holder = chat.find(account);
  if (holder === undefined || isOwnDisconnected(holder, account)) await takeNick(call, account);
}

/** The same as REGISTER, with the parameters of NickServ. */
async function registerAccount(call: Call, [password]: readonly string[]): Promise<void> {
  if (password === undefined) return answer(call, "Write: REGISTER <password>");
  try {
    await register({ ...call, params: ["*", "*", password] });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    answer(call, error.params.at(-1) ?? "");
  }
}

function answer({ chat, session }: Call, text: string): void {
  session.answer(new OutgoingLine(`NickServ!NickServ@${chat.settings.name}`, "NOTICE", [session.nick, text]));
}
