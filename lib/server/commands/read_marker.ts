/** MARKREAD: how far the user has read, for their other devices (IRCv3 draft/read-marker). */
import { isChannelName, isNick } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
import type { Chat } from "../chat/chat.ts";
import { visibleHistory } from "../chat/history_access.ts";
import { hasConversation, markerKey } from "../chat/read_marker.ts";
import { fail } from "../chat/refusal.ts";
import type { User } from "../chat/user.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { markerMessage } from "../render/read_marker.ts";
import { parseTime } from "./time.ts";

/** The commands of this file. */
export const markerCommands: CommandTable = {
  MARKREAD: {
    usage: "<target> [timestamp=<time>]",
    help: "Shows or sets how far you have read in a channel or with a user",
    run: markRead,
  },
};

function markRead({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [target, time] = params;
  if (target === undefined || target === "") fail("MARKREAD", "NEED_MORE_PARAMS", "Missing parameters");
  const { channelLength, nickLength } = chat.settings;
  if (!isChannelName(target, channelLength) && !isNick(target, nickLength)) {
    fail(
      "MARKREAD",
      "INVALID_PARAMS",
      target.split(" ", 1)[0] || "*",
      "The target is neither a channel nor a nick",
    );
  }
  if (time === undefined) return session.answer(markerMessage(chat, user, target, { needs: 0 }));
  const ms = time.startsWith("timestamp=") ? parseTime(time.slice("timestamp=".length)) : undefined;
  if (ms === undefined) {
    fail(
      "MARKREAD",
      "INVALID_PARAMS",
      target,
      "The time must have the form timestamp=2026-01-31T15:04:05.678Z",
    );
  }
  const newest = newestMs(chat, user, target) ?? stampMs(chat.stampNow());
  const key = markerKey(chat, user, target);
  return commit({
    kind: "marked",
    user: user.id,
    target,
    key,
    ms: Math.min(ms, newest),
    isKept: hasConversation(chat, user, key),
  }, session);
}

/**
 * The time of the newest message or event of a conversation. It is the limit of a marker: a client whose clock is fast
 * must not mark future messages, and a clock of the server that was set back must not keep a client from marking the
 * newest one.
 */
function newestMs(chat: Chat, user: User, target: string): number | undefined {
  const { store } = chat;
  if (store === undefined) return undefined;
  const views = visibleHistory(chat, store, user, target) ?? [];
  const [newest] = store.history.read(views, { limit: 1, from: "end", events: true, mostSteps: 2 });
  return newest && stampMs(newest.stamp);
}
