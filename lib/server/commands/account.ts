/**
 * The user's own account: REGISTER and VERIFY (draft/account-registration), and ACCOUNT; account_operator.ts has the
 * part for operators.
 */
import { peerOf } from "../../irc/address.ts";
import { decode64 } from "../../irc/digest.ts";
import { fold } from "../../irc/names.ts";
import { canOpenHistory, isPasswordKnown, refusalToOpen } from "../chat/account_acts.ts";
import { canRegisterEarly, isConfidential } from "../chat/accounts.ts";
import type { Chat } from "../chat/chat.ts";
import { holderOf } from "../chat/nick_holder.ts";
import { matchingDigest } from "../chat/owner_code.ts";
import { fail } from "../chat/refusal.ts";
import { countRegistered } from "../chat/registered_channel.ts";
import type { Session } from "../chat/session.ts";
import type { Call, CommandTable, EarlyCall } from "../hub/command.ts";
import { reply, replyRefusal, standardReply } from "../render/reply.ts";
import { fromServer } from "../render/sender.ts";
import type { AccountRow } from "../store/accounts.ts";
import { exportAll } from "./account_export.ts";
import { operatorSubcommands } from "./account_operator.ts";
import { accountOf, failureSentence, passwordsNeedEncryption, sendLoggedIn } from "./login.ts";
import { passwordFault } from "./password.ts";

/** The commands of this file. */
export const accountCommands: CommandTable = {
  REGISTER: {
    early: true,
    minParams: 3,
    usage: "<nick or *> <email or *> <password>",
    help: "Registers your nick as an account; the email is not stored",
    run: register,
  },
  VERIFY: {
    early: true,
    minParams: 2,
    usage: "<account> <code>",
    help: "This server needs no verification: a new account works at once",
    run: verify,
  },
  ACCOUNT: {
    usage: "[PASSWORD [BASE64] <old> <new> | PROVE [BASE64] <old password> | EXPORT | DELETE <password>]",
    help:
      "Shows your account, changes its password, opens messages from before an operator set a password, exports " +
      "your messages, or deletes the account and your messages",
    run: account,
  },
  OWNER: {
    minParams: 1,
    usage: "<code>",
    help: "Makes your account the owner of this server, with the code that the server printed at its start",
    run: owner,
  },
};

/** REGISTER; NickServ uses it too. */
export async function register({ chat, commit, session, params }: EarlyCall): Promise<void> {
  const [wanted = "", , password = ""] = params;
  const name = newName(chat, session, wanted);
  const { address } = session.connection;
  if (!isConfidential(session)) fail("REGISTER", "TEMPORARILY_UNAVAILABLE", name, passwordsNeedEncryption);
  const fault = await passwordFault(chat, name, password);
  if (fault !== undefined) fail("REGISTER", fault.code, name, fault.words);
  if (chat.accounts.isFull()) {
    const sentence =
      "Cannot register: this server has as many accounts as it allows; ask an operator for one";
    fail("REGISTER", "TEMPORARILY_UNAVAILABLE", name, sentence);
  }
  if (!chat.accounts.admitNewAccount(address)) {
    fail(
      "REGISTER",
      "TEMPORARILY_UNAVAILABLE",
      name,
      "Cannot register: there are too many new accounts from your address; wait a few minutes",
    );
  }
  const verifier = await chat.accounts.newVerifier(password, address);
  const user = session.user?.id;
  await commit(
    { kind: "account created", name, verifier, session: session.id, ...(user && { user }) },
    session,
  );
  if (accountOf(session) !== name || chat.accounts.find(name)?.verifier !== verifier) return;
  session.answer(fromServer(chat, "REGISTER", ["SUCCESS", name, "Account successfully registered"]));
  sendLoggedIn(session, name);
}

/** The name of the account that a session can register now, or a refusal. */
function newName(chat: Chat, session: Session, wanted: string): string {
  const { user, registration } = session;
  const nick = user?.nick ?? registration?.nick;
  const ownAccount = accountOf(session);
  if (ownAccount !== undefined) {
    fail("REGISTER", "ALREADY_AUTHENTICATED", ownAccount, `You are logged in as ${ownAccount}`);
  }
  if (nick === undefined) {
    fail("REGISTER", "NEED_NICK", "*", "Choose a nick first; the account gets the same name");
  }
  if (wanted !== "*" && fold(wanted) !== fold(nick)) {
    fail(
      "REGISTER",
      "ACCOUNT_NAME_MUST_BE_NICK",
      asParameter(wanted),
      `The account must have the name of your nick: ${nick}`,
    );
  }
  if (!chat.accounts.isAvailable || chat.settings.registration === "off") {
    fail("REGISTER", "TEMPORARILY_UNAVAILABLE", nick, "Only operators can create accounts on this server");
  }
  if (user === undefined && !canRegisterEarly(chat)) {
    fail(
      "REGISTER",
      "COMPLETE_CONNECTION_REQUIRED",
      nick,
      "Complete the connection first, then register an account",
    );
  }
  if (chat.accounts.isTaken(nick) || holderOf(chat, nick, undefined, user) !== undefined) {
    fail("REGISTER", "ACCOUNT_EXISTS", nick, "This name is taken");
  }
  return nick;
}

function verify({ session, params }: EarlyCall): void {
  const [name = ""] = params;
  const ownAccount = accountOf(session);
  if (ownAccount !== undefined) {
    fail("VERIFY", "ALREADY_AUTHENTICATED", ownAccount, `You are logged in as ${ownAccount}`);
  }
  fail(
    "VERIFY",
    "INVALID_CODE",
    asParameter(name),
    "This server uses no verification codes: use REGISTER, or log in",
  );
}

type Subcommand = (call: Call, own: AccountRow) => void | Promise<void>;
const subcommands: Readonly<Record<string, Subcommand>> = {
  SHOW: show,
  PASSWORD: changePassword,
  PROVE: prove,
  EXPORT: exportAll,
  DELETE: remove,
};

function account(call: Call): void | Promise<void> {
  const { chat, user, params } = call;
  const name = (params[0] ?? "SHOW").toUpperCase();
  const forOperators = operatorSubcommands[name];
  if (forOperators !== undefined) return forOperators(call);
  const run = subcommands[name];
  if (run === undefined) fail("ACCOUNT", "INVALID_PARAMS", asParameter(name), "See HELP ACCOUNT");
  const own = user.account === undefined ? undefined : chat.accounts.find(user.account);
  if (own === undefined) fail("ACCOUNT", "ACCOUNT_REQUIRED", name, "You are not logged in");
  return run(call, own);
}

function show({ chat, session, user }: Call, { name, role, createdMs }: AccountRow): void {
  const createdOn = new Date(createdMs).toISOString().slice(0, 10);
  const parts = [
    `You are logged in as ${name}`,
    ...(role === "" ? [] : [`${role} of this server`]),
    `account created on ${createdOn}`,
    `${user.devices.size} ${user.devices.size === 1 ? "device" : "devices"}`,
    `${countRegistered(chat, name)} of ${chat.settings.channelsPerAccount} channels`,
  ];
  standardReply(session, "NOTE", "ACCOUNT", "SHOW", name, parts.join(", "));
}

async function changePassword({ chat, commit, session, params }: Call, own: AccountRow): Promise<void> {
  const [old, password] = passwordsIn(params);
  if (old === "" || password === "") {
    fail("ACCOUNT", "NEED_MORE_PARAMS", "PASSWORD", "Write: ACCOUNT PASSWORD <old password> <new password>");
  }
  const { name } = own;
  const { address } = session.connection;
  await checkOwnPassword(session, own, old);
  const fault = await passwordFault(chat, name, password);
  if (fault !== undefined) fail("ACCOUNT", fault.code, "PASSWORD", fault.words);
  const verifier = await chat.accounts.newVerifier(password, address);
  await commit({ kind: "password set", account: name, verifier, session: session.id }, session);
  // The login can have ended meanwhile; then the session has got a refusal.
  if (chat.accounts.find(name)?.verifier !== verifier) return;
  standardReply(session, "NOTE", "ACCOUNT", "PASSWORD_SET", name, "Your password was changed");
}

/**
 * The old and the new password. After BASE64 both are encoded, because an old password with a space cannot be a
 * parameter.
 */
function passwordsIn([, one = "", two = "", three]: readonly string[]): readonly [string, string] {
  if (three === undefined || one.toUpperCase() !== "BASE64") return [one, two];
  return [decoded(two), decoded(three)];
}

function decoded(base64: string): string {
  return decodeText(base64) ??
    fail("ACCOUNT", "INVALID_PARAMS", "PASSWORD", "The passwords must be UTF-8 in base64");
}

/** Opens the history from before an operator set a password: the person knows the password before it. */
async function prove({ chat, commit, session, params }: Call, own: AccountRow): Promise<void> {
  const { name } = own;
  if (!canOpenHistory(own)) {
    fail("ACCOUNT", "NOTHING_CLOSED", name, "None of your messages are closed");
  }
  if (isPasswordKnown(own)) return replyRefusal(session, refusalToOpen(name, true));
  const [, one = "", two] = params;
  const password = two !== undefined && one.toUpperCase() === "BASE64" ? decoded(two) : one;
  if (password === "") {
    fail(
      "ACCOUNT",
      "NEED_MORE_PARAMS",
      "PROVE",
      "Write: ACCOUNT PROVE <the password before the operator set one>",
    );
  }
  if (!isConfidential(session)) fail("ACCOUNT", "INSECURE_CONNECTION", name, passwordsNeedEncryption);
  const result = await chat.accounts.proveOldPassword(own, password, session.connection.address);
  if (result.kind !== "right") fail("ACCOUNT", "INVALID_CREDENTIALS", name, failureSentence(result));
  if (session.user?.account !== name) return;
  const before = chat.accounts.openFrom(name);
  await commit({ kind: "history opened", account: name, from: result.closure.until }, session);
  if (chat.accounts.openFrom(name) >= before) return;
  const left = chat.accounts.openFrom(name) > 0 ? "; older ones need an older password" : "";
  standardReply(
    session,
    "NOTE",
    "ACCOUNT",
    "HISTORY_OPENED",
    name,
    `Your older messages are open again: connect again, and your app can show them${left}`,
  );
}

function decodeText(base64: string): string | undefined {
  const bytes = decode64(base64);
  try {
    return bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Checks the password again, or refuses: access to an unattended device must not be enough. */
async function checkOwnPassword(session: Session, { name }: AccountRow, password: string): Promise<void> {
  const { chat, connection } = session;
  if (!isConfidential(session)) fail("ACCOUNT", "INSECURE_CONNECTION", name, passwordsNeedEncryption);
  const outcome = await chat.accounts.checkPassword(name, password, connection.address, "ACCOUNT");
  if (outcome.kind !== "right") fail("ACCOUNT", "INVALID_CREDENTIALS", name, failureSentence(outcome));
}

async function remove({ chat, commit, session, params }: Call, own: AccountRow): Promise<void> {
  const [, password = ""] = params;
  if (password === "") {
    fail(
      "ACCOUNT",
      "NEED_MORE_PARAMS",
      "DELETE",
      "Write: ACCOUNT DELETE <password>; it deletes your messages too",
    );
  }
  await checkOwnPassword(session, own, password);
  await commit({ kind: "account removed", account: own.name, session: session.id }, session);
  if (chat.accounts.find(own.name) !== undefined) return;
  reply(session, "RPL_LOGGEDOUT", session.user?.source ?? "*");
  standardReply(
    session,
    "NOTE",
    "ACCOUNT",
    "DELETED",
    own.name,
    "Your account and all its messages were deleted",
  );
}

async function owner({ chat, commit, session, user, params }: Call): Promise<void> {
  const { account: name } = user;
  if (name === undefined) {
    fail("OWNER", "ACCOUNT_REQUIRED", "First register an account with REGISTER, or log in");
  }
  const peer = peerOf(session.connection.address);
  if (!chat.operatorGuesses.tryTake(peer, chat.clock.monotonic())) {
    fail("OWNER", "RATE_LIMITED", "Too many wrong codes: wait a few minutes");
  }
  const digest = await matchingDigest(chat, params[0] ?? "");
  if (digest === undefined) {
    fail("OWNER", "INVALID_CODE", "This is not the code that the server printed at its last start");
  }
  chat.operatorGuesses.returnToken(peer);
  await commit({ kind: "role set", account: name, role: "owner", by: user.nick, digest }, session);
  if (chat.accounts.find(name)?.role !== "owner") {
    fail("OWNER", "INVALID_CODE", "Somebody else used this code first");
  }
  standardReply(
    session,
    "NOTE",
    "OWNER",
    "CLAIMED",
    name,
    "Your account is now the owner of this server",
  );
}

/** The parameter if a reply can contain it; otherwise "*". */
function asParameter(text: string): string {
  return /^[^\s:][^\s]*$/.test(text) ? text : "*";
}
