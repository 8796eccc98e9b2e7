/** MARKREAD: how far the user has read, for their other devices (IRCv3 draft/read-marker). */
import { isChannelName, isNick } from "../../irc/names.ts";
import { fail } from "../chat/refusal.ts";
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
  // A client whose clock is fast must not mark future messages.
  return commit({ kind: "marked", user: user.id, target, ms: Math.min(ms, chat.now()) }, session);
}
