/**
 * ACCOUNT for operators: creating, suspending and listing accounts, and new passwords for users who forgot theirs.
 * Only the owner can change accounts with a role; otherwise an operator could make themselves owner.
 */
import { compileMask } from "../../irc/compiled_mask.ts";
import { fold } from "../../irc/names.ts";
import { cutBytes } from "../../irc/wrap.ts";
import { canOpenHistory, isPasswordKnown, refusalToOpen } from "../chat/account_acts.ts";
import { isConfidential, isOwner } from "../chat/accounts.ts";
import type { Chat } from "../chat/chat.ts";
import { holderOf } from "../chat/nick_holder.ts";
import { fail, refuse } from "../chat/refusal.ts";
import type { User } from "../chat/user.ts";
import type { Call } from "../hub/command.ts";
import { replyRefusal, standardReply } from "../render/reply.ts";
import type { AccountRole, AccountRow } from "../store/accounts.ts";
import { inTurns } from "./in_turns.ts";
import { passwordsNeedEncryption } from "./login.ts";
import { nickFault } from "./nick_letters.ts";
import { passwordFault } from "./password.ts";

/** The subcommands of ACCOUNT for operators. */
export const operatorSubcommands: Readonly<Record<string, (call: Call) => void | Promise<void>>> = {
  CREATE: asOperator(create),
  FREE: asOperator(free),
  LIST: asOperator(list),
  OPEN: asOperator(open),
  RESET: asOperator(reset),
  RESTORE: asOperator(restore),
  ROLE: asOperator(setRole),
  SUSPEND: asOperator(suspend),
};

const maxListed = 200;

function asOperator(run: (call: Call) => void | Promise<void>): (call: Call) => void | Promise<void> {
  return (call) => call.user.isOperator ? run(call) : refuse("ERR_NOPRIVILEGES");
}

function suspend({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [, name = "", text = ""] = params;
  const account = findChangeable(chat, user, name);
  if (account.name === user.account) {
    fail("ACCOUNT", "INVALID_PARAMS", account.name, "You cannot suspend your own account");
  }
  const reason = cutBytes(text === "" ? "No reason given" : text, chat.settings.reasonLength);
  const event = { kind: "account suspended", account: account.name, by: user.nick, reason } as const;
  return then(commit(event, session), () => {
    standardReply(session, "NOTE", "ACCOUNT", "SUSPENDED", account.name, `Suspended: ${reason}`);
  });
}

function restore({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [, name = ""] = params;
  const account = findChangeable(chat, user, name);
  return then(commit({ kind: "account restored", account: account.name, by: user.nick }, session), () => {
    standardReply(
      session,
      "NOTE",
      "ACCOUNT",
      "RESTORED",
      account.name,
      "Login to this account is allowed again",
    );
  });
}

/**
 * Sets a new password for a user who forgot it. All sessions of the account are disconnected, because they can belong
 * to somebody else.
 */
async function reset({ chat, commit, session, user, params }: Call): Promise<void> {
  const [, name = "", password = ""] = params;
  const { name: account } = findChangeable(chat, user, name);
  const verifier = await verifierOf({ chat, session }, account, password);
  await commit({ kind: "password set", account, verifier, by: user.nick }, session);
  // The role can have ended while the password was hashed; then the session has got a refusal.
  if (chat.accounts.find(account)?.verifier !== verifier) return;
  standardReply(session, "NOTE", "ACCOUNT", "PASSWORD_SET", account, "The password was changed");
}

/** Frees the name of a deleted account. */
function free({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [, name = ""] = params;
  if (!chat.accounts.isOfDeleted(name)) {
    fail("ACCOUNT", "ACCOUNT_UNKNOWN", "There is no deleted account with this name");
  }
  const account = chat.accounts.findDeleted(name)?.name ?? name;
  return then(commit({ kind: "name freed", account, by: user.nick }, session), () => {
    standardReply(session, "NOTE", "ACCOUNT", "FREED", account, "Everybody can use this name again");
  });
}

/** The owner can open closed history for a person who does not know the old password. The person is told. */
function open({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [, name = "", text = ""] = params;
  if (!isOwner(chat, user)) refuse("ERR_NOPRIVILEGES");
  const row = findAccount(chat, name);
  const { name: account } = row;
  if (account === user.account) {
    fail("ACCOUNT", "INVALID_PARAMS", account, "You cannot open your own history: ask another owner");
  }
  if (!canOpenHistory(row)) {
    fail("ACCOUNT", "NOTHING_CLOSED", account, "No history of this account is closed");
  }
  if (isPasswordKnown(row)) return replyRefusal(session, refusalToOpen(account, false));
  if (text === "") {
    fail(
      "ACCOUNT",
      "NEED_MORE_PARAMS",
      "OPEN",
      "Write: ACCOUNT OPEN <account> :<reason>; the person reads the reason",
    );
  }
  const reason = cutBytes(text, chat.settings.reasonLength);
  return then(
    commit({ kind: "history opened", account, from: 0, by: user.nick, reason }, session),
    () => {
      if (chat.accounts.openFrom(account) > 0) return;
      standardReply(
        session,
        "NOTE",
        "ACCOUNT",
        "HISTORY_OPENED",
        account,
        "The older history is open; the person is told",
      );
    },
  );
}

async function create({ chat, commit, session, user, params }: Call): Promise<void> {
  const [, name = "", password = ""] = params;
  const fault = nickFault(chat, name);
  if (fault !== undefined) fail("ACCOUNT", "BAD_ACCOUNT_NAME", "CREATE", fault);
  if (chat.accounts.isTaken(name) || holderOf(chat, name, undefined) !== undefined) {
    fail("ACCOUNT", "ACCOUNT_EXISTS", name, "This name is taken");
  }
  const verifier = await verifierOf({ chat, session }, name, password);
  await commit({ kind: "account created", name, verifier, by: user.nick }, session);
  if (chat.accounts.find(name)?.verifier !== verifier) return;
  standardReply(session, "NOTE", "ACCOUNT", "CREATED", name, "The account was created");
}

async function verifierOf(
  { chat, session }: Pick<Call, "chat" | "session">,
  name: string,
  password: string,
): Promise<string> {
  if (!isConfidential(session)) fail("ACCOUNT", "INSECURE_CONNECTION", name, passwordsNeedEncryption);
  const fault = await passwordFault(chat, name, password);
  if (fault !== undefined) fail("ACCOUNT", fault.code, name, fault.words);
  return await chat.accounts.newVerifier(password, session.connection.address);
}

function setRole({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [, name = "", wanted = ""] = params;
  if (!isOwner(chat, user)) refuse("ERR_NOPRIVILEGES");
  const role = roles.get(wanted.toLowerCase()) ??
    fail("ACCOUNT", "INVALID_PARAMS", "ROLE", "The role must be owner, operator or none");
  const account = findAccount(chat, name);
  if (account.name === user.account) {
    fail("ACCOUNT", "INVALID_PARAMS", account.name, "You cannot change your own role");
  }
  return then(commit({ kind: "role set", account: account.name, role, by: user.nick }, session), () => {
    standardReply(session, "NOTE", "ACCOUNT", "ROLE_SET", account.name, `The role is now: ${role || "none"}`);
  });
}

const roles: ReadonlyMap<string, AccountRole> = new Map([["owner", "owner"], ["operator", "operator"], [
  "none",
  "",
]]);

function list({ chat, session, params }: Call): void | Promise<void> {
  const [, mask = "*"] = params;
  const matches = compileMask(mask);
  let count = 0;
  const pending = inTurns(session, chat.accounts.each(), ({ name, role, suspended, createdMs }) => {
    if (!matches(fold(name)) || ++count > maxListed) return;
    const parts = [name, `created on ${new Date(createdMs).toISOString().slice(0, 10)}`];
    if (role !== "") parts.push(role);
    if (suspended !== undefined) parts.push(`suspended: ${suspended}`);
    standardReply(session, "NOTE", "ACCOUNT", "LISTED", name, parts.join(", "));
  });
  return then(pending, () => {
    standardReply(session, "NOTE", "ACCOUNT", "LIST_END", String(count), sentenceOf(count));
  });
}

function sentenceOf(count: number): string {
  if (count === 1) return "1 account matches";
  return count <= maxListed
    ? `${count} accounts match`
    : `${count} accounts match; only the first ${maxListed} are listed, so use a mask such as a*`;
}

function findAccount(chat: Chat, name: string): AccountRow {
  return chat.accounts.find(name) ?? fail("ACCOUNT", "ACCOUNT_UNKNOWN", "There is no account with this name");
}

/** The account, if the user is allowed to change it; otherwise refuses. */
function findChangeable(chat: Chat, user: User, name: string): AccountRow {
  const account = findAccount(chat, name);
  if (account.role !== "" && !isOwner(chat, user)) refuse("ERR_NOPRIVILEGES");
  return account;
}

function then(pending: void | Promise<void>, act: () => void): void | Promise<void> {
  return pending ? pending.then(act) : act();
}
