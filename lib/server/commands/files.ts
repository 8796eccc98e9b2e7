/**
 * FILES: people list and delete the files that they share; operators those of others too. Everybody who knows an address
 * can read the file, so operators see no address of others: files are shared in private conversations, too. They delete
 * by the beginning of the id.
 */
import { fileSize } from "../../irc/file_size.ts";
import { fold } from "../../irc/names.ts";
import type { Chat } from "../chat/chat.ts";
import { fail, refuse } from "../chat/refusal.ts";
import { stampMs } from "../../irc/stamp.ts";
import { fileId, fileOwner, isOwnFile } from "../chat/shared_files.ts";
import { shownTime } from "../chat/shown_time.ts";
import type { User } from "../chat/user.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { standardReply } from "../render/reply.ts";
import type { UploadRow } from "../store/uploads.ts";

/** The commands of this file. */
export const filesCommands: CommandTable = {
  FILES: {
    usage: "[LIST [<nick>] | DELETE <address> | PURGE <nick>]",
    help:
      "Lists the files that you share, or deletes one; operators also give the nick, account or owner of others, and PURGE deletes all files of one owner",
    run: files,
  },
};

const maxListed = 200;
/** The characters of an id that operators see: two files seldom have the same, and nobody can guess the other 80 bits. */
const shownOfId = 8;
/** The number of files that one event removes, because an event has a maximum size. */
const removedAtOnce = 50;

function files(call: Call): void | Promise<void> {
  const [given = "LIST", text = ""] = call.params;
  switch (given.toUpperCase()) {
    case "LIST":
      return list(call, text);
    case "DELETE":
      return remove(call, text);
    case "PURGE":
      return purge(call, text);
    default:
      fail("FILES", "INVALID_PARAMS", given, "The subcommand must be LIST, DELETE or PURGE");
  }
}

async function list({ chat, session, user }: Call, name: string): Promise<void> {
  const own = fileOwner(user.account, user.host);
  const owner = name === "" ? own : ownerOf(chat, name);
  const isMine = fold(owner) === fold(own);
  if (!isMine && !user.isOperator) refuse("ERR_NOPRIVILEGES");
  const all = chat.store?.files.ofOwner(owner) ?? [];
  // Guests behind one address have a common owner.
  const found = isMine && !user.isOperator ? all.filter((file) => isOwnFile(file, user)) : all;
  for (const file of found.slice(-maxListed)) {
    const isReadable = canRead(chat, user, file);
    const id = isReadable ? file.id : file.id.slice(0, shownOfId);
    const address = isReadable ? URL.parse(`files/${id}`, chat.uploadUrl)?.href ?? id : id;
    // Apps without standard replies show the last words only.
    const words = `${address} ${describe(file, isReadable ? file.name : file.type)}`;
    standardReply(session, "NOTE", "FILES", "LISTED", id, words);
    await session.awaitSpace();
  }
  const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  const count = found.length === 1 ? "1 file" : `${found.length} files`;
  const newest = found.length > maxListed ? `; the newest ${maxListed} are listed` : "";
  const left = isMine ? `; ${fileSize(chat.uploads.freeBytes(owner))} left for the next one` : "";
  const words = `${count} of ${owner}, ${fileSize(bytes)}${newest}${left}`;
  standardReply(session, "NOTE", "FILES", "LIST_END", String(found.length), words);
}

/** Whether the list may show what leads to the content: not of others, nor what RESET closed as older history. */
function canRead({ accounts }: Chat, user: User, file: UploadRow): boolean {
  return isOwnFile(file, user) && file.createdMs >= stampMs(accounts.openFrom(user.account));
}

function describe({ bytes, createdMs, message }: UploadRow, name: string): string {
  return `${name}, ${fileSize(bytes)}, ${shownTime(createdMs)}${
    message === undefined ? ", in no message" : ""
  }`;
}

async function remove({ chat, commit, session, user }: Call, text: string): Promise<void> {
  const file = chat.store?.files.find(fileId(text)) ?? fileByStart(chat, user, text);
  const isOwn = file !== undefined && isOwnFile(file, user);
  if (file === undefined) {
    fail(
      "FILES",
      "NO_SUCH_FILE",
      text,
      "There is no such file: give its address, or the id in it",
    );
  }
  if (!isOwn && !user.isOperator) {
    fail("FILES", "NOT_YOUR_FILE", file.id, "You can delete only your own files");
  }
  const by = isOwn ? {} : { by: user.nick, owner: file.owner };
  await commit({ kind: "files removed", ids: [file.id], ...by }, session);
  const name = canRead(chat, user, file) ? file.name : "the file";
  standardReply(session, "NOTE", "FILES", "DELETED", file.id, `Deleted ${name}`);
}

/** The only file that the user can delete and whose id begins so. Others do not learn that there is one. */
function fileByStart({ store }: Chat, user: User, start: string): UploadRow | undefined {
  if (start.length < shownOfId) return undefined;
  const [found, next] = (store?.files.page(start, 2) ?? []).filter(({ id }) => id.startsWith(start));
  if (found === undefined || next !== undefined) return undefined;
  return user.isOperator || isOwnFile(found, user) ? found : undefined;
}

async function purge({ chat, commit, session, user }: Call, name: string): Promise<void> {
  if (!user.isOperator) refuse("ERR_NOPRIVILEGES");
  if (name === "") {
    fail("FILES", "INVALID_PARAMS", "PURGE", "Whose files? Give a nick, an account or an owner");
  }
  const owner = ownerOf(chat, name);
  const ids = (chat.store?.files.ofOwner(owner) ?? []).map(({ id }) => id);
  for (let at = 0; at < ids.length; at += removedAtOnce) {
    const some = ids.slice(at, at + removedAtOnce);
    await commit({ kind: "files removed", ids: some, by: user.nick, owner }, session);
  }
  const count = ids.length === 1 ? "1 file" : `${ids.length} files`;
  standardReply(session, "NOTE", "FILES", "PURGED", owner, `Deleted ${count} of ${owner}`);
}

/** The owner with this name: an account, the user with this nick, or what LIST shows for a guest ("~host"). */
function ownerOf(chat: Chat, name: string): string {
  const account = chat.accounts.find(name);
  if (account !== undefined) return account.name;
  const found = chat.find(name);
  return found === undefined ? name : fileOwner(found.account, found.host);
}
