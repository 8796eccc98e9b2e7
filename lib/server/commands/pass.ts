/** PASS: the password of the server, and the login of apps that support no other way. */
import { peerOf } from "../../irc/address.ts";
import { equalBytes, utf8 } from "../../irc/digest.ts";
import { isConfidential } from "../chat/accounts.ts";
import { refuse } from "../chat/refusal.ts";
import type { PendingRegistration } from "../chat/pending_registration.ts";
import type { Session } from "../chat/session.ts";
import type { EarlyCall } from "../hub/command.ts";
import { reply } from "../render/reply.ts";
import { checkPassword, failureSentence, logIn, passwordsNeedEncryption, sendLoggedIn } from "./login.ts";

/** The password of the server, or "account:password" from an app that supports no other login. */
export function pass(call: EarlyCall): void | Promise<void> {
  const { session, params } = call;
  const { chat, registration } = session;
  if (registration === undefined) refuse("ERR_ALREADYREGISTERED");
  const [given = ""] = params;
  registration.password = given;
  const { password } = chat.files;
  const colon = given.indexOf(":");
  if (colon < 1 || !chat.accounts.isAvailable) return;
  if (password !== undefined) {
    // The answer shows whether it was an account's or the server's password, so it counts as an attempt.
    if (!useAttempt(session)) return;
    if (isPassword(given, password)) return returnAttempt(session);
  }
  return logInByPass(call, given.slice(0, colon), given.slice(colon + 1));
}

async function logInByPass(call: EarlyCall, name: string, password: string): Promise<void> {
  const { session } = call;
  if (!isConfidential(session)) return session.close(passwordsNeedEncryption);
  const outcome = await checkPassword(call, name, password, "PASS");
  if (outcome.kind !== "right") {
    reply(session, "ERR_PASSWDMISMATCH");
    return session.close(failureSentence(outcome));
  }
  returnAttempt(session);
  if (await logIn(call, outcome.account)) sendLoggedIn(session, outcome.account.name);
}

/** Whether the session sent the password of the server; closes the session if not. */
export function checkServerPassword(session: Session, { account, password }: PendingRegistration): boolean {
  const wanted = session.chat.files.password;
  if (wanted === undefined || account !== undefined) return true;
  // A session that sends no password makes no attempt.
  if (password !== undefined && !useAttempt(session)) return false;
  if (password !== undefined && isPassword(password, wanted)) {
    returnAttempt(session);
    return true;
  }
  reply(session, "ERR_PASSWDMISMATCH");
  session.close("Wrong password");
  return false;
}

/** Counts an attempt of the address. Closes the session if the address has none left. */
function useAttempt(session: Session): boolean {
  const { chat, connection } = session;
  if (chat.serverPasswordGuesses.tryTake(peerOf(connection.address), chat.clock.monotonic())) return true;
  session.close("Too many wrong passwords from your address; wait half a minute");
  return false;
}

/** A correct password does not count as an attempt. */
function returnAttempt({ chat, connection }: Session): void {
  chat.serverPasswordGuesses.returnToken(peerOf(connection.address));
}

function isPassword(given: string, wanted: string): boolean {
  return equalBytes(utf8(given), utf8(wanted));
}
