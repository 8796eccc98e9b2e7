/** Logging in by SASL, PASS or NickServ: which connections can carry passwords, and the steps after a correct one. */
import type { LoginResult } from "../chat/accounts.ts";
import { cloak } from "../chat/cloak.ts";
import { isRefusal } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { EarlyCall } from "../hub/command.ts";
import { reply, standardReply } from "../render/reply.ts";
import type { AccountRow } from "../store/accounts.ts";

/** Refuses a password over a connection without encryption. */
export const passwordsNeedEncryption = "Passwords need an encrypted connection: connect with ircs://";

/**
 * Checks a password that the client sent as text. If it is right and the verifier of the account has other rounds than
 * the settings say, the account gets a new verifier.
 */
export async function checkPassword(
  { commit, session }: Pick<EarlyCall, "commit" | "session">,
  name: string,
  password: string,
  method?: string,
): Promise<LoginResult> {
  const { accounts } = session.chat;
  const { address } = session.connection;
  const result = await accounts.checkPassword(name, password, address, method, (ms) => tellWait(session, ms));
  if (result.kind !== "right") return result;
  const { account } = result;
  const verifier = await accounts.renewedVerifier(account, password, address);
  if (verifier === undefined) return result;
  try {
    // Without a session: if the disk is full or the other machines cannot be reached, the login does not fail for it.
    await commit({ kind: "password set", account: account.name, verifier, replaces: account.verifier });
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  return accounts.recheck(result);
}

/** Wrong passwords make a try wait; then the session has longer to register. */
export function tellWait(session: Session, ms: number): void {
  const { registration } = session;
  if (registration !== undefined) registration.dueMs += ms;
  const sentence = `Somebody tried wrong passwords for this account: the server waits ${
    Math.ceil(ms / 1000)
  } s`;
  standardReply(session, "NOTE", "*", "LOGIN_WAITS", sentence);
}

/** The account a session is logged in to, before and after registration. */
export function accountOf({ user, registration }: Session): string | undefined {
  return user === undefined ? registration?.account : user.account;
}

/** The reason of a failed login in plain words; it does not show whether the account exists. */
export function failureSentence(outcome: Exclude<LoginResult, { kind: "right" }>): string {
  switch (outcome.kind) {
    case "wrong":
      return "Wrong name or password";
    case "suspended":
      return `Your account is suspended: ${outcome.reason}`;
    case "too many tries":
      return "Too many wrong passwords: wait a few minutes";
    default:
      return outcome satisfies never;
  }
}

/**
 * Logs a session in to an account after its password was proved. False if that is not possible any more, or if other
 * devices share its user and belong to another account.
 */
export async function logIn(
  { commit, session }: Pick<EarlyCall, "commit" | "session">,
  { name: account, epoch }: AccountRow,
): Promise<boolean> {
  const { user, registration } = session;
  if (user === undefined) {
    if (registration === undefined) return false;
    registration.account = account;
    registration.epoch = epoch;
    return true;
  }
  if (user.account === account) return true;
  if (user.devices.size > 1) return false;
  await commit({ kind: "logged in", user: user.id, account, ...(epoch !== undefined && { epoch }) }, session);
  return session.user?.account === account;
}

/** RPL_LOGGEDIN, with the known part of the source. */
export function sendLoggedIn(session: Session, account: string): void {
  const { chat, user, registration, connection } = session;
  const username = registration?.username === undefined ? "*" : `~${registration.username}`;
  const host = cloak(connection, chat.cloakKey, account);
  const source = user?.source ?? `${registration?.nick ?? "*"}!${username}@${host}`;
  reply(session, "RPL_LOGGEDIN", source, account, `You are now logged in as ${account}`);
}
