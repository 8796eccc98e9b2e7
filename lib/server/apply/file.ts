/** Apply, for the rows of shared files. lib/server/web transfers their content. */
import type { ChatState } from "../chat/chat.ts";
import { fits } from "../chat/upload_limits.ts";
import { tellOperators } from "../render/operator_notice.ts";
import type { UploadRow } from "../store/uploads.ts";
import { recordAct } from "./audit.ts";
import type { FileEvent } from "./file_event.ts";

/** Saves or removes the row of a file. */
export function applyFileEvent(chat: ChatState, event: FileEvent, stamp: number): undefined {
  switch (event.kind) {
    case "file added":
      return add(chat, event);
    case "files removed": {
      for (const id of event.ids) chat.store?.files.remove(id);
      const { by, owner, ids } = event;
      if (by === undefined) return;
      const files = ids.length === 1 ? "a file" : `${ids.length} files`;
      // As FILES LIST shows ids: everybody who knows a whole one can read the file on a machine that still has it.
      const target = ids.length === 1 ? `${ids[0]?.slice(0, 8)}…` : files;
      recordAct(chat, { act: "FILE_DELETED", by, target, reason: owner ?? "" }, stamp);
      tellOperators(chat, `${by} deleted ${files} of ${owner ?? "*"}`, stamp);
      return;
    }
    default:
      return event satisfies never;
  }
}

/** The account can be removed while its file is uploaded, and another machine can have taken the space. */
function add(chat: ChatState, { file, limits }: Extract<FileEvent, { kind: "file added" }>): undefined {
  const { store } = chat;
  if (store === undefined) return;
  const isAllowed = isOwned(chat, file) && (limits === undefined || fits(store.files, file, limits));
  if (isAllowed) store.files.save(file);
  else store.files.remove(file.id);
}

function isOwned({ accounts }: ChatState, { owner }: UploadRow): boolean {
  return owner.startsWith("~") || accounts.find(owner) !== undefined;
}
