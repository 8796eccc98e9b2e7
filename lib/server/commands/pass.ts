/** PASS: the server's password, and the way to log in of apps that know no other. */
import { peerOf } from "../../irc/address.ts";
import { equalBytes, utf8 } from "../../irc/digest.ts";
import { isConfidential } from "../chat/accounts.ts";
import { refuse } from "../chat/refusal.ts";
import type { Registration } from "../chat/registration.ts";
import type { Session } from "../chat/session.ts";
import type { EarlyCall } from "../hub/command.ts";
import { reply } from "../render/reply.ts";
import { exposed, logIn, sendLoggedIn, sentenceOf } from "./login.ts";

/** The server's password, or "account:password" from an app that knows no other way to log in. */
export function pass(call: EarlyCall): void | Promise<void> {
  const { session, params } = call;
  const { chat, registration } = session;
  if (registration === undefined) refuse("ERR_ALREADYREGISTERED");
  const [given = ""] = params;
  registration.password = given;
  const { password } = chat.files;
  const colon = given.indexOf(":");
  if (colon < 1 || !chat.accounts.available) return;
  if (password !== undefined) {
    // Whether it is the one or the other shows, so this is a guess as well.
    if (!mayGuess(session)) return;
    if (isPassword(given, password)) return rightGuess(session);
  }
  return passLogIn(call, given.slice(0, colon), given.slice(colon + 1));
}

async function passLogIn(call: EarlyCall, name: string, password: string): Promise<void> {
  const { session } = call;
  if (!isConfidential(session)) return session.close(exposed);
  const outcome = await session.chat.accounts.prove(name, password, session.connection.address);
  if (outcome.kind !== "right") {
    reply(session, "ERR_PASSWDMISMATCH");
    return session.close(sentenceOf(outcome));
  }
  rightGuess(session);
  if (await logIn(call, outcome.account.name)) sendLoggedIn(session, outcome.account.name);
}

/** Whether a session may pass the server's password, else closes it. */
export function knowsPassword(session: Session, { account, password }: Registration): boolean {
  const wanted = session.chat.files.password;
  if (wanted === undefined || account !== undefined) return true;
  // Who gives none guesses nothing.
  if (password !== undefined && !mayGuess(session)) return false;
  if (password !== undefined && isPassword(password, wanted)) {
    rightGuess(session);
    return true;
  }
  reply(session, "ERR_PASSWDMISMATCH");
  session.close("Wrong password");
  return false;
}

/** Guesses are few for each address: counts one, or closes the session. */
function mayGuess(session: Session): boolean {
  const { chat, connection } = session;
  if (chat.passwordGuesses.takeIfAny(peerOf(connection.address), chat.now())) return true;
  session.close("Too many wrong passwords from your address; wait half a minute");
  return false;
}

/** It does not count, as it was right. */
function rightGuess({ chat, connection }: Session): void {
  chat.passwordGuesses.giveBack(peerOf(connection.address));
}

function isPassword(given: string, wanted: string): boolean {
  return equalBytes(utf8(given), utf8(wanted));
}
