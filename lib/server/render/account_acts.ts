/** Tells a person at a login which acts of operators there were on the account, and what they close. */
import { stampMs } from "../../irc/stamp.ts";
import type { Session } from "../chat/session.ts";
import { shownTime } from "../chat/shown_time.ts";
import type { AccountAct } from "../store/accounts.ts";
import { sendStandardReply } from "./reply.ts";

/** An act is told at each login for so long; one that gave away the password until the person changes it. */
const toldMs = 7 * 86_400_000;

/** Tells a session that logged in what operators did to its account. */
export function tellActs(session: Session): void {
  const { chat, user } = session;
  const row = user?.account === undefined ? undefined : chat.accounts.find(user.account);
  if (row === undefined) return;
  const since = chat.now() - toldMs;
  sendActs(session, row.acts?.filter(({ ms, knowsPassword }) => knowsPassword || ms > since) ?? []);
  const closure = row.closures?.at(-1);
  // Without a verifier it is the history of another person, who had the name before.
  if (closure === undefined || closure.verifier === "") return;
  const sentence =
    `Your private messages from before ${shownTime(stampMs(closure.until))} are closed, because ` +
    `${closure.by} set a new password then. Change your password, then write ACCOUNT PROVE <old password> to open ` +
    "them (/prove in Parley's clients), or ask the owner of this server";
  sendStandardReply(session, "NOTE", "ACCOUNT", "HISTORY_CLOSED", row.name, sentence);
}

/** Sends one sentence for each act. */
export function sendActs(session: Session, acts: readonly AccountAct[]): void {
  const name = session.user?.account ?? "*";
  for (const { ms, by, did, knowsPassword } of acts) {
    const advice = knowsPassword
      ? "; change it, because others know it: ACCOUNT PASSWORD <old> <new>, or /passwd"
      : "";
    const sentence = `On ${shownTime(ms)} the operator ${by} ${did}${advice}`;
    sendStandardReply(
      session,
      "NOTE",
      "ACCOUNT",
      knowsPassword ? "PASSWORD_KNOWN" : "OPERATOR_ACTED",
      name,
      sentence,
    );
  }
}
