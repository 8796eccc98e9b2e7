/**
 * ACCOUNT for operators: making, suspending and listing accounts, new passwords for those who forgot theirs. Accounts
 * that have a role themselves are the owner's to change, or an operator could make himself one.
 */
import { isConfidential } from "../chat/accounts.ts";
import { isOwner } from "../apply/account.ts";
import type { Call } from "../hub/command.ts";
import type { Hub } from "../hub/hub.ts";
import { fail, refuse } from "../chat/refusal.ts";
import type { User } from "../chat/user.ts";
import { isNick, matchMask } from "../../irc/names.ts";
import { cutText } from "../../irc/wrap.ts";
import type { AccountRow, Role } from "../store/accounts.ts";
import { exposed } from "./login.ts";
import { passwordFault } from "./password.ts";

/** What operators may ask for behind ACCOUNT. */
export const operatorSubcommands: Readonly<Record<string, (call: Call) => void | Promise<void>>> = {
  CREATE: asOperator(create),
  LIST: asOperator(list),
  RESET: asOperator(reset),
  RESTORE: asOperator(restore),
  ROLE: asOperator(giveRole),
  SUSPEND: asOperator(suspend),
};

const maxListed = 200;

function asOperator(run: (call: Call) => void | Promise<void>): (call: Call) => void | Promise<void> {
  return (call) => call.user.modes.has("o") ? run(call) : refuse("ERR_NOPRIVILEGES");
}

function suspend({ hub, session, user, params }: Call): void | Promise<void> {
  const [, name = "", text = ""] = params;
  const account = changeable(hub, user, name);
  const reason = cutText(text === "" ? "No reason given" : text, hub.settings.reasonLength);
  const event = { kind: "account suspended", account: account.name, by: user.nick, reason } as const;
  return then(hub.commit(event, session), () => {
    session.standardReply("NOTE", "ACCOUNT", "SUSPENDED", account.name, `Suspended: ${reason}`);
  });
}

function restore({ hub, session, user, params }: Call): void | Promise<void> {
  const [, name = ""] = params;
  const account = changeable(hub, user, name);
  return then(hub.commit({ kind: "account restored", account: account.name, by: user.nick }, session), () => {
    session.standardReply("NOTE", "ACCOUNT", "RESTORED", account.name, "Its owner may log in again");
  });
}

/** For who has forgotten the password: whoever is logged in is disconnected, as it may be somebody else. */
async function reset({ hub, session, user, params }: Call): Promise<void> {
  const [, name = "", password = ""] = params;
  const { name: account } = changeable(hub, user, name);
  const verifier = await verifierOf({ hub, session }, account, password);
  await hub.commit({ kind: "password set", account, verifier, by: user.nick }, session);
  session.standardReply("NOTE", "ACCOUNT", "PASSWORD_SET", account, "It has another password now");
}

async function create({ hub, session, params }: Call): Promise<void> {
  const [, name = "", password = ""] = params;
  if (!isNick(name, hub.settings.nickLength)) {
    fail("ACCOUNT", "BAD_ACCOUNT_NAME", "CREATE", "An account is named like a nick");
  }
  if (hub.accounts.isTaken(name) || hub.find(name) !== undefined) {
    fail("ACCOUNT", "ACCOUNT_EXISTS", name, "Somebody has this name");
  }
  const verifier = await verifierOf({ hub, session }, name, password);
  await hub.commit({ kind: "account created", name, verifier }, session);
  if (hub.accounts.find(name)?.verifier !== verifier) return;
  session.standardReply("NOTE", "ACCOUNT", "CREATED", name, "The account is made");
}

async function verifierOf(
  { hub, session }: Pick<Call, "hub" | "session">,
  name: string,
  password: string,
): Promise<string> {
  if (!isConfidential(session)) fail("ACCOUNT", "INSECURE_CONNECTION", name, exposed);
  const fault = passwordFault(hub, name, password);
  if (fault !== undefined) fail("ACCOUNT", fault.code, name, fault.words);
  return await hub.accounts.newVerifier(password, session.connection.address);
}

function giveRole({ hub, session, user, params }: Call): void | Promise<void> {
  const [, name = "", wanted = ""] = params;
  if (!isOwner(hub, user)) refuse("ERR_NOPRIVILEGES");
  const role = roles.get(wanted.toLowerCase()) ??
    fail("ACCOUNT", "INVALID_PARAMS", "ROLE", "A role is owner, operator or none");
  const account = findAccount(hub, name);
  if (account.name === user.account) {
    fail("ACCOUNT", "INVALID_PARAMS", account.name, "Your own role is not yours to change");
  }
  return then(hub.commit({ kind: "role set", account: account.name, role, by: user.nick }, session), () => {
    session.standardReply("NOTE", "ACCOUNT", "ROLE_SET", account.name, `Its role is now: ${role || "none"}`);
  });
}

const roles: ReadonlyMap<string, Role> = new Map([["owner", "owner"], ["operator", "operator"], [
  "none",
  "",
]]);

function list({ hub, session, params }: Call): void {
  const [, mask = "*"] = params;
  const found = hub.accounts.all().filter(({ name }) => matchMask(mask, name));
  for (const { name, role, suspended, createdMs } of found.slice(0, maxListed)) {
    const parts = [`made on ${new Date(createdMs).toISOString().slice(0, 10)}`];
    if (role !== "") parts.push(role);
    if (suspended !== undefined) parts.push(`suspended: ${suspended}`);
    session.standardReply("NOTE", "ACCOUNT", "LISTED", name, parts.join(", "));
  }
  session.standardReply(
    "NOTE",
    "ACCOUNT",
    "LIST_END",
    String(found.length),
    `${found.length} accounts match`,
  );
}

function findAccount(hub: Hub, name: string): AccountRow {
  return hub.accounts.find(name) ?? fail("ACCOUNT", "ACCOUNT_UNKNOWN", "There is no account of this name");
}

/** An account that the user may change. */
function changeable(hub: Hub, user: User, name: string): AccountRow {
  const account = findAccount(hub, name);
  if (account.role !== "" && !isOwner(hub, user)) refuse("ERR_NOPRIVILEGES");
  return account;
}

function then(pending: void | Promise<void>, act: () => void): void | Promise<void> {
  return pending ? pending.then(act) : act();
}
