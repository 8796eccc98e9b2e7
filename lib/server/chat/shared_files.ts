/**
 * The shared files that a message contains the addresses of. A file belongs to the message in which its owner shared it
 * first, and is deleted with it: a later message with the same address, by anybody, does not keep it.
 */
import type { Message } from "../../irc/message.ts";
import { fold } from "../../irc/names.ts";
import type { UploadRow } from "../store/uploads.ts";
import type { User } from "./user.ts";

/** The path of a file in its address: "/files/ID/NAME". An id is 128 random bits in base64url. */
const filePath = /\/files\/([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/g;
/** A message can contain thousands of addresses; a person shares fewer files at once. */
const maxFiles = 100;

interface Files {
  find(id: string): UploadRow | undefined;
}

/** The owner of the files that a user uploads: the account, or "~host" (cloaked) without one. */
export function fileOwner(account: string | undefined, host: string): string {
  return account ?? `~${host}`;
}

/** Whether the file is this user's own. Guests behind one address have a common owner, so their ids count too. */
export function isOwnFile(
  file: Pick<UploadRow, "owner" | "user">,
  { id, account, host }: Pick<User, "id" | "account" | "host">,
): boolean {
  return isSame(file.owner, fileOwner(account, host)) && (account !== undefined || file.user === id);
}

/** The id in the address of a file, or the id itself; "" if the text has none. */
export function fileId(text: string): string {
  return new RegExp(filePath.source).exec(text)?.[1] ?? (/^[A-Za-z0-9_-]{22}$/.test(text) ? text : "");
}

/** The files of this user with addresses in the text, and without a message of their own. */
export function newlyShared(
  files: Files,
  text: string,
  user: Pick<User, "id" | "account" | "host">,
): UploadRow[] {
  return filesIn(files, text).filter((file) => file.message === undefined && isOwnFile(file, user));
}

/** The ids of the files that are deleted with this message; `text` is all of its text. */
export function filesOf(
  files: Files,
  { tags }: Pick<Message, "tags">,
  { text, stamp }: { readonly text: string; readonly stamp: number },
): string[] {
  const account = tags.get("account");
  // Older versions did not save the message of a file.
  return filesIn(files, text)
    .filter(({ message, owner }) =>
      message === stamp || (message === undefined && account !== undefined && isSame(owner, account))
    )
    .map(({ id }) => id);
}

function filesIn(files: Files, text: string): UploadRow[] {
  if (!text.includes("/files/")) return [];
  const ids = new Set<string>();
  for (const [, id = ""] of text.matchAll(filePath)) {
    if (ids.size === maxFiles) break;
    ids.add(id);
  }
  return [...ids].flatMap((id) => files.find(id) ?? []);
}

function isSame(owner: string, other: string): boolean {
  return fold(owner) === fold(other);
}
