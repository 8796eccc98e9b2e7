/** Reading the files of this machine again (REHASH, SIGHUP): new capabilities are told, and operators are checked. */
import type { Commit } from "../apply/event.ts";
import type { ChatState } from "../chat/chat.ts";
import { isValidEntry } from "../chat/operator_entry.ts";
import { announceNewCapabilities } from "../render/cap_new.ts";
import { describeError } from "./command.ts";

/** Reads the files again. If `reread` throws an Error with a sentence for people, nothing has changed. */
export function rehash(chat: ChatState, reread: () => ChatState["files"], commit: Commit): void {
  announceNewCapabilities(chat, () => chat.files = reread());
  for (const { id, nick, operator: entry } of chat.users.values()) {
    if (entry?.machine !== chat.machine || isValidEntry(chat, entry)) continue;
    commit({ kind: "operator entry lost", user: id, entry })?.catch((error) => {
      chat.log("error", `Cannot end the right of operator "${nick}": ${describeError(error)}`);
    });
  }
}
