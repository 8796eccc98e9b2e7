/** SESSIONS: the devices that are logged in to an account, on all machines, and logging them out. */
import { stampMs, stampTime } from "../../irc/stamp.ts";
import { isOwner } from "../chat/accounts.ts";
import type { Chat } from "../chat/chat.ts";
import { fail, refuse } from "../chat/refusal.ts";
import { shownTime } from "../chat/shown_time.ts";
import { type Device, lostSession, type User } from "../chat/user.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { deviceWords } from "../render/devices.ts";
import { standardReply } from "../render/reply.ts";

/** The commands of this file. */
export const sessionCommands: CommandTable = {
  SESSIONS: {
    usage: "[END <id>|others]",
    help:
      "Lists the devices that are logged in to your account, or logs some of them out; operators add an account",
    run: sessions,
  },
};

interface ListedDevice {
  readonly id: string;
  readonly device: Device;
  readonly user: User;
}

function sessions(call: Call): void | Promise<void> {
  const [word = "", which = "", name] = call.params;
  if (word.toUpperCase() === "END" && which !== "") return end(call, which, name);
  if (word.toUpperCase() === "END") {
    fail("SESSIONS", "NEED_MORE_PARAMS", "END", "Write: SESSIONS END <id>, or SESSIONS END others");
  }
  list(call, word === "" ? undefined : word);
}

function list(call: Call, name: string | undefined): void {
  const { chat, session } = call;
  const found = devicesOf(call, name);
  for (const { id, device, user } of found) {
    const parts = [
      `${deviceWords(device)}, since ${shownTime(stampMs(device.since))}`,
      ...(id === session.id ? ["this device"] : []),
      ...(user.lingering === undefined ? [] : ["its connection is lost"]),
      ...(device.spokeMs === undefined ? [] : [`wrote ${ago(chat.now() - device.spokeMs)}`]),
    ];
    standardReply(
      session,
      "NOTE",
      "SESSIONS",
      "LISTED",
      id,
      device.address,
      stampTime(device.since),
      parts.join("; "),
    );
  }
  const count = found.length === 1 ? "1 device" : `${found.length} devices`;
  standardReply(session, "NOTE", "SESSIONS", "LIST_END", String(found.length), count);
}

function end(call: Call, which: string, name: string | undefined): void | Promise<void> {
  const { chat, commit, session, user } = call;
  const account = name ?? user.account;
  if (account === undefined) fail("SESSIONS", "ACCOUNT_REQUIRED", "END", "You are not logged in");
  const isAll = name !== undefined && which.toLowerCase() === "all";
  const isOthers = name === undefined && which.toLowerCase() === "others";
  const found = devicesOf(call, name).filter(({ id }) =>
    isAll || (isOthers ? id !== session.id : id === which)
  );
  if (found.length === 0 && !isOthers) {
    fail("SESSIONS", "NO_SUCH_SESSION", "END", `There is no device "${which}"; SESSIONS lists them`);
  }
  const byOperator = name !== undefined;
  if (byOperator && chat.accounts.roleOf(account) !== "" && !isOwner(chat, user)) refuse("ERR_NOPRIVILEGES");
  const event = {
    kind: "sessions ended",
    account,
    sessions: found.map(({ id }) => id),
    ...(byOperator && { by: user.nick }),
  } as const;
  const answer = () => {
    const count = found.length === 1 ? "1 device is" : `${found.length} devices are`;
    standardReply(session, "NOTE", "SESSIONS", "ENDED", String(found.length), `${count} logged out`);
  };
  const pending = commit(event, session);
  return pending ? pending.then(answer) : answer();
}

/** The devices of an account that an operator names, or one's own, the oldest first; also lost ones that can come back. */
function devicesOf({ chat, user }: Call, name: string | undefined): ListedDevice[] {
  if (name !== undefined && !user.isOperator) refuse("ERR_NOPRIVILEGES");
  const account = name === undefined ? user.account : accountNamed(chat, name);
  const users = account === undefined ? [user] : chat.usersOf(account);
  return users.flatMap((one) => {
    const { lingering, devices } = one;
    const lost = lingering === undefined ? [] : [{ id: lostSession, device: lingering.device, user: one }];
    return [...lost, ...[...devices].map(([id, device]) => ({ id, device, user: one }))];
  }).sort((one, other) => one.device.since - other.device.since);
}

function accountNamed(chat: Chat, name: string): string {
  return chat.accounts.find(name)?.name ??
    fail("SESSIONS", "ACCOUNT_UNKNOWN", "There is no account with this name");
}

function ago(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  return minutes === 0
    ? "just now"
    : minutes < 120
    ? `${minutes} min ago`
    : `${Math.floor(minutes / 60)} h ago`;
}
