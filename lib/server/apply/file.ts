/** Apply, for the rows of shared files. lib/server/web transfers their content. */
import type { ChatState } from "../chat/chat.ts";
import type { UploadRow } from "../store/uploads.ts";
import type { FileEvent } from "./file_event.ts";

/** Saves or removes the row of a file. */
export function applyFileEvent(chat: ChatState, event: FileEvent): undefined {
  switch (event.kind) {
    case "file added":
      // The account can be removed while its file is uploaded.
      if (isOwned(chat, event.file)) chat.store?.files.save(event.file);
      else chat.store?.files.remove(event.file.id);
      return;
    case "files removed":
      for (const id of event.ids) chat.store?.files.remove(id);
      return;
    default:
      return event satisfies never;
  }
}

function isOwned({ accounts }: ChatState, { owner }: UploadRow): boolean {
  return owner.startsWith("~") || accounts.find(owner) !== undefined;
}
