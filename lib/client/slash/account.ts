/** Slash commands for one's account. Passwords are asked for, never written behind a command. */

import type { Face, SlashTable } from "./face.ts";
import { firstWord, neededWord } from "./face.ts";
import { ActionError } from "../core/action_error.ts";
import { plainName } from "../text/plain.ts";

/** What our server asks for unless told otherwise; a shorter one is a bad idea on any. */
const minPassword = 8;

/** Rows by name. */
export const accountRows: SlashTable = {
  register: {
    usage: "",
    help: "Makes your name yours: asks for a password",
    group: "You",
    asksPassword: true,
    run: register,
  },
  login: {
    usage: "[NAME]",
    help: "Logs in to your account: asks for its password",
    group: "You",
    aliases: ["identify"],
    asksPassword: true,
    run: login,
  },
  passwd: {
    usage: "",
    help: "Changes your password",
    group: "You",
    aliases: ["password"],
    asksPassword: true,
    // It would be another's as well.
    fits: (face) => !face.restricted,
    run: changePassword,
  },
  owner: {
    usage: "CODE",
    help: "Makes you the owner of this server, by the code it printed when it started",
    group: "Operators",
    run(face, rest) {
      const [code] = neededWord(rest.replace(/\s+/g, ""), "/owner CODE");
      if (face.client.state.account === "") throw new ActionError("Make an account with /register first");
      face.client.server.command("OWNER", code);
    },
  },
};

async function register(face: Face, rest: string): Promise<void> {
  refuseWritten(rest, "/register");
  const { nick, account, caps } = face.client.state;
  if (account !== "") throw new ActionError(`You are logged in as ${account} already`);
  if (!caps.has("draft/account-registration")) throw new ActionError("The server takes no registrations");
  face.client.account.requireConfidential();
  const password = await newPassword(face, `Password for ${plainName(nick)}`);
  await face.client.account.register(password);
  face.note(`The name ${plainName(nick)} is yours from now on`);
}

async function login(face: Face, rest: string): Promise<void> {
  const [name = face.client.state.nick, more] = firstWord(rest.trim() || face.client.state.nick);
  refuseWritten(more, "/login NAME");
  if (!face.client.state.caps.has("sasl")) throw new ActionError("The server has no accounts");
  await face.client.account.login(name, await ask(face, `Password of ${plainName(name)}`));
}

async function changePassword(face: Face, rest: string): Promise<void> {
  refuseWritten(rest, "/passwd");
  if (face.client.state.account === "") throw new ActionError("You are not logged in: write /login");
  face.client.account.requireConfidential();
  const old = await ask(face, "Old password");
  await face.client.account.changePassword(old, await newPassword(face, "New password"));
}

/** Asks until both are the same, so that no password is ever typed where it would be said. */
async function newPassword(face: Face, question: string): Promise<string> {
  for (;;) {
    const password = await ask(face, question, passwordFault);
    if (await ask(face, "The same again") === password) return password;
    face.note("The two were not the same: once more", "warning");
  }
}

/** What servers refuse anyway is not asked for twice. */
function passwordFault(password: string): string {
  return [...password].length < minPassword ? `A password has at least ${minPassword} characters` : "";
}

async function ask(face: Face, question: string, fault?: (written: string) => string): Promise<string> {
  if (face.secret === undefined) throw new ActionError("Cannot ask for a password here");
  const password = await face.secret(question, fault);
  if (password === "") throw new ActionError("Nothing was changed: no password was written");
  return password;
}

function refuseWritten(rest: string, command: string): void {
  if (rest.trim() === "") return;
  throw new ActionError(`Write ${command} alone: the password is asked for, so that nobody sees it`);
}
