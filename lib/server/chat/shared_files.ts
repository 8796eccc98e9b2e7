/**
 * The shared files that a message contains the addresses of. A file belongs to the message in which its owner shared it
 * first, and is deleted with it: a later message with the same address, by anybody, does not keep it.
 */
import type { Message } from "../../irc/message.ts";
import { fold } from "../../irc/names.ts";
import { stampMs } from "../../irc/stamp.ts";
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

/**
 * Whether the file is this user's own: of the account, or sent by this user as a guest. Guests behind one address have a
 * common owner, so the id of the user counts; ids begin again with each start of the server, so the time counts too.
 */
export function isOwnFile(
  { owner, user, createdMs }: Pick<UploadRow, "owner" | "user" | "createdMs">,
  { id, account, arrivedAt }: Pick<User, "id" | "account" | "arrivedAt">,
): boolean {
  if (!owner.startsWith("~")) return account !== undefined && isSame(owner, account);
  return user === id && createdMs >= stampMs(arrivedAt);
}

/** The id in the address of a file, or the id itself; "" if the text has none. */
export function fileId(text: string): string {
  return new RegExp(filePath.source).exec(text)?.[1] ?? (/^[A-Za-z0-9_-]{22}$/.test(text) ? text : "");
}

/** The files of this user with addresses in the text, and without a message of their own. */
export function newlyShared(
  files: Files,
  text: string,
  user: Pick<User, "id" | "account" | "arrivedAt">,
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
