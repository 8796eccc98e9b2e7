/** Slash commands for our account. They ask for passwords; nobody writes one after a command. */

import type { Face, SlashTable } from "./face.ts";
import { firstWord, neededWord } from "./face.ts";
import { ActionError } from "../core/action_error.ts";
import { plainName } from "../text/plain.ts";

/** The default of our server; a shorter password is a bad idea on any server. */
const minPassword = 8;

/** Rows by name. */
export const accountRows: SlashTable = {
  register: {
    usage: "",
    help: "Registers your name, so that nobody else can use it; asks for a password",
    group: "You",
    asksPassword: true,
    run: register,
  },
  login: {
    usage: "[NAME]",
    help: "Logs in to your account; asks for its password",
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
    // Others can use this client too.
    fits: (face) => !face.restricted,
    run: changePassword,
  },
  owner: {
    usage: "CODE",
    help: "Makes you the owner of this server, with the code that it printed at its start",
    group: "Operators",
    run(face, rest) {
      const [code] = neededWord(rest.replace(/\s+/g, ""), "/owner CODE");
      if (face.client.state.account === "") {
        throw new ActionError("Cannot make you the owner: register your name with /register first");
      }
      face.client.server.command("OWNER", code);
    },
  },
};

async function register(face: Face, rest: string): Promise<void> {
  refuseText(rest, "/register");
  requireConnection(face);
  const { nick, account, caps } = face.client.state;
  if (account !== "") throw new ActionError(`You are already logged in as ${account}`);
  if (!caps.has("draft/account-registration")) {
    throw new ActionError("This server has no accounts to register");
  }
  face.client.account.requireConfidential();
  const password = await newPassword(face, `Password for ${plainName(nick)}`);
  await face.client.account.register(password);
  face.note(`The name ${plainName(nick)} is registered: only you can use it now`);
}

async function login(face: Face, rest: string): Promise<void> {
  const [name = face.client.state.nick, more] = firstWord(rest.trim() || face.client.state.nick);
  refuseText(more, "/login NAME");
  requireConnection(face);
  if (!face.client.state.caps.has("sasl")) throw new ActionError("This server has no accounts");
  await face.client.account.login(name, await ask(face, `Password of ${plainName(name)}`));
}

async function changePassword(face: Face, rest: string): Promise<void> {
  refuseText(rest, "/passwd");
  requireConnection(face);
  if (face.client.state.account === "") throw new ActionError("You are not logged in: write /login first");
  face.client.account.requireConfidential();
  const old = await ask(face, "Old password");
  await face.client.account.changePassword(old, await newPassword(face, "New password"));
}

/** Asks for a password twice, until both are the same. */
async function newPassword(face: Face, question: string): Promise<string> {
  for (;;) {
    const password = await ask(face, question, passwordFault);
    if (await ask(face, "Repeat the password") === password) return password;
    face.note("The passwords are not the same: try again", "warning");
  }
}

/** Servers refuse a short password anyway, so nobody needs to repeat one. */
function passwordFault(password: string): string {
  return [...password].length < minPassword
    ? `The password must have at least ${minPassword} characters`
    : "";
}

async function ask(face: Face, question: string, fault?: (written: string) => string): Promise<string> {
  if (face.secret === undefined) throw new ActionError("Cannot ask for a password here");
  const password = await face.secret(question, fault);
  if (password === "") throw new ActionError("Nothing changed: you wrote no password");
  return password;
}

/** Without a connection we do not know yet what the server can do. */
function requireConnection(face: Face): void {
  if (!face.client.online) {
    throw new ActionError(
      "Cannot do that yet: there is no connection to the server",
    );
  }
}

function refuseText(rest: string, command: string): void {
  if (rest.trim() === "") return;
  throw new ActionError(`Write only ${command}: it asks for the password, and nobody can see it then`);
}
