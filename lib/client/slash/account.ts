/** Slash commands for our account. They ask for passwords with a hidden question; a password is never an argument. */

import { firstContactFault } from "../core/client_account.ts";
import { matchList } from "../core/requests.ts";
import type { ServerLink } from "../core/server_link.ts";
import { sessionLines } from "../text/session_lines.ts";
import type { CommandUi, SlashTable } from "./command_ui.ts";
import { firstWord, requireWord } from "./command_ui.ts";
import { ActionError } from "../state/action_error.ts";
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
    isAvailable: (ui) => !ui.restricted,
    run: changePassword,
  },
  prove: {
    usage: "",
    help: "Opens your older messages after an operator set a new password; asks for the old password",
    group: "You",
    asksPassword: true,
    isAvailable: (ui) => !ui.restricted,
    run: prove,
  },
  sessions: {
    usage: "[end ID|others]",
    help: "Lists the devices that are logged in to your account, or logs one or all others out",
    group: "You",
    aliases: ["devices"],
    run: sessions,
  },
  owner: {
    usage: "CODE",
    help: "Makes you the owner of this server, with the code that it printed at its start",
    group: "Operators",
    async run(ui, rest) {
      const [code] = requireWord(rest.replace(/\s+/g, ""), "/owner CODE");
      if (ui.client.state.account === "") {
        throw new ActionError("Cannot make you the owner: register your name with /register first");
      }
      const { firstContact } = ui.client.server;
      if (firstContact !== undefined) await confirmServer(ui, firstContact);
      ui.client.server.command("OWNER", code);
    },
  },
};

async function register(ui: CommandUi, rest: string): Promise<void> {
  refuseText(rest, "/register");
  requireConnection(ui);
  const { nick, account, caps } = ui.client.state;
  if (account !== "") throw new ActionError(`You are already logged in as ${account}`);
  if (!caps.has("draft/account-registration")) {
    throw new ActionError("This server has no accounts to register");
  }
  const { firstContact } = ui.client.server;
  if (firstContact !== undefined) await confirmServer(ui, firstContact);
  ui.client.account.requireConfidential();
  const password = await newPassword(ui, `Password for ${plainName(nick)}`);
  await ui.client.account.register(password);
  ui.note(`The name ${plainName(nick)} is registered: only you can use it now`);
}

async function login(ui: CommandUi, rest: string): Promise<void> {
  const [name = ui.client.state.nick, more] = firstWord(rest.trim() || ui.client.state.nick);
  refuseText(more, "/login NAME");
  requireConnection(ui);
  const { caps, offered } = ui.client.state;
  if (!caps.has("sasl")) throw new ActionError("This server has no accounts");
  // Only SCRAM does not show the password to the server.
  const { firstContact } = ui.client.server;
  const isShown = /^PLAIN$/i.test(offered.get("sasl") ?? "");
  if (isShown && firstContact !== undefined) await confirmServer(ui, firstContact);
  await ui.client.account.login(name, await ask(ui, `Password of ${plainName(name)}`));
}

async function changePassword(ui: CommandUi, rest: string): Promise<void> {
  refuseText(rest, "/passwd");
  requireConnection(ui);
  if (ui.client.state.account === "") throw new ActionError("You are not logged in: write /login first");
  const { firstContact } = ui.client.server;
  if (firstContact !== undefined) await confirmServer(ui, firstContact);
  ui.client.account.requireConfidential();
  const old = await ask(ui, "Old password");
  await ui.client.account.changePassword(old, await newPassword(ui, "New password"));
}

async function prove(ui: CommandUi, rest: string): Promise<void> {
  refuseText(rest, "/prove");
  requireConnection(ui);
  if (ui.client.state.account === "") throw new ActionError("You are not logged in: write /login first");
  const { firstContact } = ui.client.server;
  if (firstContact !== undefined) await confirmServer(ui, firstContact);
  ui.client.account.requireConfidential();
  // The person sees the sentence of the server.
  await ui.client.account.prove(await ask(ui, "The password before the operator set a new one"));
}

async function sessions(ui: CommandUi, rest: string): Promise<void> {
  requireConnection(ui);
  const words = rest.split(/\s+/).filter((word) => word !== "");
  const answer = await ui.client.server.ask(["SESSIONS", ...words].join(" "), matchList("SESSIONS"));
  for (const line of sessionLines(answer)) ui.note(line);
}

/** Asks for a password twice, until both are the same. */
async function newPassword(ui: CommandUi, question: string): Promise<string> {
  for (;;) {
    const password = await ask(ui, question, passwordFault);
    if (await ask(ui, "Repeat the password") === password) return password;
    ui.note("The passwords are not the same: try again", "warning");
  }
}

/**
 * A new server that nobody confirms gets a secret only after the person has compared its certificate, as in ssh. Not
 * called for other servers: then the question for the password appears before the next key.
 */
async function confirmServer(
  ui: CommandUi,
  firstContact: NonNullable<ServerLink["firstContact"]>,
): Promise<void> {
  if (ui.ask === undefined) throw new ActionError(firstContactFault(firstContact));
  ui.note(`This is the first connection to this server; its certificate is ${firstContact.fingerprint}`);
  const answer = await ui.ask("Does its owner tell you the same certificate? (yes or no)", yesNoFault);
  if (!/^y(es)?$/i.test(answer)) throw new ActionError("Nothing changed: the server is not confirmed");
  firstContact.confirm();
}

function yesNoFault(answer: string): string {
  return /^(y(es)?|no?)$/i.test(answer) ? "" : "Write yes or no";
}

/** Servers refuse a short password, so this is checked before the person repeats the password. */
function passwordFault(password: string): string {
  return [...password].length < minPassword
    ? `The password must have at least ${minPassword} characters`
    : "";
}

async function ask(ui: CommandUi, question: string, fault?: (written: string) => string): Promise<string> {
  if (ui.askPassword === undefined) throw new ActionError("Cannot ask for a password here");
  const password = await ui.askPassword(question, fault);
  if (password === "") throw new ActionError("Nothing changed: you wrote no password");
  return password;
}

/** Without a connection we do not know yet what the server can do. */
function requireConnection(ui: CommandUi): void {
  if (!ui.client.isOnline) {
    throw new ActionError(
      "Cannot do that yet: there is no connection to the server",
    );
  }
}

function refuseText(rest: string, command: string): void {
  if (rest.trim() === "") return;
  throw new ActionError(`Write only ${command}: it then asks for the password and hides it`);
}
