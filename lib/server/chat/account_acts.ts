/** Acts of operators on an account, kept in its row: the person is told, and a new password closes older history. */
import { stampMs } from "../../irc/stamp.ts";
import type { AccountAct, AccountRow } from "../store/accounts.ts";
import type { Refusal } from "./refusal.ts";

/** More acts replace the oldest ones. */
const maxActs = 20;
/** More closures extend the newest one: its older password is the only one that opens what they close. */
const maxClosures = 8;

/** The row with one more act. The newest one that told an operator the password stays. */
export function withAct(row: AccountRow, act: AccountAct): AccountRow {
  const acts = [...row.acts ?? [], act];
  const known = acts.findLast(({ knowsPassword }) => knowsPassword);
  const kept = acts.slice(-maxActs);
  if (known !== undefined && !kept.includes(known)) kept[0] = known;
  return { ...row, acts: kept };
}

/** Whether an operator set the password, so that somebody else than the person can log in. */
export function isPasswordKnown({ acts }: AccountRow): boolean {
  return acts?.some(({ knowsPassword }) => knowsPassword) === true;
}

/** Whether history is closed that can be opened: nobody opens that of an earlier owner of the name. */
export function canOpenHistory({ closures }: AccountRow): boolean {
  return closures?.some(({ verifier }) => verifier !== "") === true;
}

/** The refusal to open closed history while the password is known to an operator. */
export function refusalToOpen(account: string, isOwn: boolean): Refusal {
  const sentence = isOwn
    ? "Choose your own password first (ACCOUNT PASSWORD <old> <new>, or /passwd), because an operator knows this one " +
      "and would read your older messages too"
    : "The person must choose another password first, because an operator knows this one";
  return { refusal: "standard", params: ["ACCOUNT", "PASSWORD_KNOWN", account, sentence] };
}

/**
 * The row after an operator set a password: history up to now is closed, and older logins have ended. A password that an
 * operator set before opens nothing, because that operator knows it: the last one that the person chose does.
 */
export function afterReset(row: AccountRow, oldVerifier: string, by: string, stamp: number): AccountRow {
  const closures = [...row.closures ?? []];
  const last = closures.at(-1);
  if (
    last !== undefined && last.verifier !== "" && (isPasswordKnown(row) || closures.length >= maxClosures)
  ) {
    closures[closures.length - 1] = { ...last, until: stamp };
  } else closures.push({ until: stamp, verifier: oldVerifier, by });
  const act = {
    ms: stampMs(stamp),
    by,
    did: "set a new password for your account",
    knowsPassword: true,
  } as const;
  return withAct({ ...row, epoch: stamp, closures }, act);
}
