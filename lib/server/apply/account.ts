/** Apply, for accounts and registered channels: create and remove them. */
import { fold } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import { withAct } from "../chat/account_acts.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Refusal } from "../chat/refusal.ts";
import type { AccountRow } from "../store/accounts.ts";
import {
  change,
  freeName,
  isLoggedIn,
  loginEnded,
  openHistory,
  setPassword,
  setRole,
  suspend,
} from "./account_act.ts";
import type { AccountEvent } from "./account_event.ts";
import type { Event, EventOf } from "./event.ts";
import { recordAct } from "./audit.ts";
import { announceErasure } from "./account_history.ts";
import { changeAccount, endIfBanned, logIn } from "./login.ts";
import { saveOwnerCode } from "./owner_code.ts";
import { dropFounder, register, unregister } from "./registration.ts";
import { endLogins, endSessions } from "./sessions.ts";

const kinds: Readonly<Record<AccountEvent["kind"], true>> = {
  "owner code made": true,
  "account created": true,
  "logged in": true,
  "password set": true,
  "account removed": true,
  "account suspended": true,
  "account restored": true,
  "history opened": true,
  "name freed": true,
  "role set": true,
  "sessions ended": true,
  "channel kept": true,
  "channel released": true,
};

/** Whether applyAccountEvent() applies it. */
export function isAccountEvent(event: Event): event is AccountEvent {
  return event.kind in kinds;
}

/** Changes accounts and registered channels as the event says. */
export function applyAccountEvent(chat: ChatState, event: AccountEvent, stamp: number): Refusal | undefined {
  switch (event.kind) {
    case "owner code made":
      return void saveOwnerCode(chat, event.digest, event.again);
    case "account created":
      return create(chat, event, stamp);
    case "logged in":
      return logIn(chat, event, stamp);
    case "password set":
      return setPassword(chat, event, stamp);
    case "account removed":
      return remove(chat, event, stamp);
    case "account suspended":
      return suspend(chat, event, stamp);
    case "account restored":
      return change(chat, event.account, { suspended: undefined }, { act: "RESTORE", by: event.by }, stamp);
    case "sessions ended":
      return endSessions(chat, event, stamp);
    case "name freed":
      return freeName(chat, event, stamp);
    case "history opened":
      return openHistory(chat, event, stamp);
    case "role set":
      return setRole(chat, event, stamp);
    case "channel kept":
      return register(chat, event, stamp);
    case "channel released":
      return unregister(chat, event, stamp);
    default:
      return event satisfies never;
  }
}

function create(
  chat: ChatState,
  event: EventOf<"account created">,
  stamp: number,
): Refusal | undefined {
  const { name, verifier, session: sessionId, user: userId, by } = event;
  const user = userId === undefined ? undefined : chat.users.get(userId);
  const isHeld = [chat.find(name), ...chat.findAlike(name)].some((one) => one !== undefined && one !== user);
  if (chat.accounts.isTaken(name) || isHeld) {
    return { refusal: "standard", params: ["REGISTER", "ACCOUNT_EXISTS", name, "This name is taken"] };
  }
  const createdMs = stampMs(stamp);
  const { closures } = chat.accounts.findDeleted(name) ?? {};
  const fresh = { name, verifier, role: "", suspended: undefined, createdMs, epoch: stamp } as const;
  const row: AccountRow = closures === undefined ? fresh : { ...fresh, closures };
  chat.store?.accounts.save(
    by === undefined
      ? row
      : withAct(row, { ms: createdMs, by, did: "created your account", knowsPassword: true }),
  );
  if (by === undefined) chat.logEntry("account created", { account: name });
  else recordAct(chat, { act: "CREATE", by, target: name }, stamp);
  if (user !== undefined && !endIfBanned(chat, user, name, stamp)) changeAccount(chat, user, name, stamp);
  const session = sessionId === undefined ? undefined : chat.sessions.get(sessionId);
  if (session?.registration === undefined) return;
  session.registration.account = name;
  session.registration.epoch = stamp;
}

/**
 * Removes an account with its messages; its channels lose their founder. Its name stays taken, so that nobody can
 * impersonate its owner.
 */
function remove(
  chat: ChatState,
  { account, session }: EventOf<"account removed">,
  stamp: number,
): Refusal | undefined {
  const row = chat.accounts.find(account);
  if (row === undefined) return;
  if (session !== undefined && !isLoggedIn(chat, session, row.name)) return loginEnded(row.name);
  for (const user of chat.usersOf(row.name)) announceErasure(chat, user, row.name, stamp);
  if (row.role !== "") {
    recordAct(chat, {
      act: "ACCOUNT_DELETED",
      by: nickOf(chat, row.name),
      target: row.name,
      reason: row.role,
    }, stamp);
  }
  const { name, createdMs } = row;
  chat.store?.accounts.save({ name, createdMs, verifier: "", role: "", suspended: undefined, epoch: stamp });
  endLogins(chat, row.name, { sentence: "Logged out: your account was deleted", keep: session }, stamp);
  for (const user of chat.usersOf(row.name)) changeAccount(chat, user, undefined, stamp);
  for (const channel of [...chat.channels.values()]) {
    if (channel.registration === undefined) continue;
    channel.registration.ranks.delete(fold(row.name));
    if (channel.registration.founder === row.name) dropFounder(chat, channel, undefined, stamp);
  }
  chat.store?.eraser.scheduleErasure(fold(row.name), stamp);
  chat.store?.markers.remove(fold(row.name));
  chat.store?.files.removeOf(row.name);
  chat.logEntry("account deleted", { account: row.name });
}

function nickOf(chat: ChatState, account: string): string {
  return chat.usersOf(account)[0]?.nick ?? account;
}
