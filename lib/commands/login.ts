/** Logging in, whichever way it is asked for (SASL, PASS, NickServ): where passwords may travel, and what follows. */
import type { Outcome } from "../hub/accounts.ts";
import type { Session } from "../hub/session.ts";

/** Said where a password came over a connection that is not encrypted. */
export const exposed = "Passwords are only taken over TLS: connect with ircs://";

/** The account a session is logged in to, registered or not. */
export function accountOf({ user, registration }: Session): string | undefined {
  return user === undefined ? registration?.account : user.account;
}

/** Why a log-in failed, in words for people; nothing in it tells whether the account exists. */
export function sentenceOf(outcome: Exclude<Outcome, { kind: "right" }>): string {
  switch (outcome.kind) {
    case "wrong":
      return "Wrong name or password";
    case "suspended":
      return `Your account is suspended: ${outcome.reason}`;
    case "too many tries":
      return "Too many wrong passwords: wait some minutes";
    default:
      return outcome satisfies never;
  }
}

/**
 * Logs a session in to an account whose password it has proved. False when that is not possible any more, or when other
 * devices share its user and belong to another account.
 */
export async function logIn(session: Session, account: string): Promise<boolean> {
  const { hub, user, registration } = session;
  if (user === undefined) {
    if (registration === undefined) return false;
    registration.account = account;
    return true;
  }
  if (user.account === account) return true;
  if (user.sessionIds.size > 1) return false;
  await hub.commit({ kind: "logged in", user: user.id, account }, session);
  return session.user?.account === account;
}

/** RPL_LOGGEDIN. */
export function sendLoggedIn(session: Session, account: string): void {
  const { user, registration } = session;
  const source = user?.source ?? `${session.nick}!${registration?.username ?? "*"}@*`;
  session.reply("RPL_LOGGEDIN", source, account, `You are now logged in as ${account}`);
}
