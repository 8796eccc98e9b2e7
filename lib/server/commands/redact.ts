/** REDACT: deletes a message: users their own, channel operators any message (draft/message-redaction). */
import type { Message } from "../../irc/message.ts";
import { rankLevel } from "../../irc/modes.ts";
import { fold, parseSource } from "../../irc/names.ts";
import { parseRecord, wholeText } from "../../irc/record.ts";
import { parseMessageId } from "../../irc/stamp.ts";
import { cutBytes } from "../../irc/wrap.ts";
import type { Channel } from "../chat/channel.ts";
import { reachesBack } from "../chat/closed_past.ts";
import { visibleHistory } from "../chat/history_access.ts";
import { fail } from "../chat/refusal.ts";
import { filesOf } from "../chat/shared_files.ts";
import { hadNick, type User } from "../chat/user.ts";
import type { Call, CommandTable } from "../hub/command.ts";

/** The commands of this file. */
export const redactCommands: CommandTable = {
  REDACT: { minParams: 2, usage: "<target> <msgid> [<reason>]", help: "Deletes a message", run: redact },
};

const tooOldForRank = "This message is from before the channel was made; only its sender can delete it";
const operatorLevel = rankLevel("@");

function redact({ chat, commit, session, user, params }: Call): void | Promise<void> {
  const [given = "", id = "", reason = ""] = params;
  // The target of a message to a rank is "@#tea".
  const target = given.slice(Math.max(0, given.indexOf("#")));
  const { store } = chat;
  const views = store && visibleHistory(chat, store, user, target);
  if (store === undefined || views === undefined) {
    fail("REDACT", "INVALID_TARGET", target || "*", `You cannot delete messages of "${target}"`);
  }
  const parsed = parseMessageId(id);
  const stamp = parsed && store.history.presentStamp(parsed);
  const found = stamp === undefined ? undefined : store.history.find(views, stamp);
  const saved = found && parseRecord(found.record);
  const message = saved?.message;
  if (stamp === undefined || saved === undefined || message === undefined || !isSpeech(message)) {
    fail("REDACT", "UNKNOWN_MSGID", target, id || "*", "This message does not exist or is too old");
  }
  const asOperator = !isOwn(user, message, stamp);
  const channel = chat.channel(target);
  if (asOperator && !isOperatorOf(channel, user)) {
    fail("REDACT", "REDACT_FORBIDDEN", target, id, "You can delete only your own messages");
  }
  if (asOperator && !reachesBack(channel, stamp)) {
    fail("REDACT", "REDACT_FORBIDDEN", target, id, tooOldForRank);
  }
  const text = wholeText(message.params[1] ?? "", saved.more);
  const files = filesOf(store.files, message, { text, stamp });
  return commit({
    kind: "redacted",
    user: user.id,
    target,
    message: stamp,
    reason: cutBytes(reason, chat.settings.reasonLength),
    ...(asOperator && { asOperator }),
    ...(files.length > 0 && { files }),
  }, session);
}

function isSpeech({ command }: Message): boolean {
  return command === "PRIVMSG" || command === "NOTICE" || command === "TAGMSG";
}

/**
 * An account owns its messages. A message without an account is from the user who had its nick at that time, who can
 * have another nick and an account by now.
 */
function isOwn(user: User, { source, tags }: Message, stamp: number): boolean {
  const account = tags.get("account");
  if (account !== undefined) return user.account !== undefined && fold(account) === fold(user.account);
  return hadNick(user, fold(parseSource(source).nick), stamp);
}

function isOperatorOf(channel: Channel | undefined, user: User): boolean {
  return channel !== undefined && rankLevel(channel.prefixesOf(user) ?? "") >= operatorLevel;
}
