/**
 * Identifies the sender of a file: an account by its password, or any user by a token
 * (server/commands/upload_token.ts); and decides who can send and delete files at the moment of use.
 */
import type { IncomingMessage } from "node:http";
import type { Chat } from "../chat/chat.ts";
import type { Uploader } from "../chat/upload_token.ts";
import type { AccountRow } from "../store/accounts.ts";
import type { UploadRow } from "../store/uploads.ts";
import { UploadRefusal } from "./upload_folder.ts";
import type { Visitor } from "./visitor.ts";

/**
 * The refusal for a person who cannot send files any more: the account is suspended or deleted, or a server ban matches.
 * It is asked for at the start of an upload and while it runs.
 */
export function refusalToSend(
  chat: Chat,
  { owner, user, epoch }: Uploader,
  address: string,
): UploadRefusal | undefined {
  const isGuest = owner.startsWith("~");
  const account = isGuest ? undefined : chat.accounts.find(owner);
  if (!isGuest && account === undefined) return new UploadRefusal(403, "The account does not exist any more");
  if (account?.suspended !== undefined) {
    return new UploadRefusal(403, `The account is suspended: ${account.suspended}`);
  }
  if (account?.epoch !== epoch) {
    return new UploadRefusal(401, "The password was changed meanwhile; log in and send the file again");
  }
  const found = user === undefined ? undefined : chat.users.get(user);
  const now = chat.clock.cautiousNow();
  const person = {
    nick: found?.nick ?? (isGuest ? "" : owner),
    username: found?.username ?? "",
    host: found?.host ?? (isGuest ? owner.slice(1) : ""),
    account: account?.name,
  };
  for (const from of new Set([address, found?.address ?? address])) {
    const ban = chat.serverBans.match({ ...person, address: from }, now);
    if (ban === undefined) continue;
    const reason = ban.reason === "" ? "" : `: ${ban.reason}`;
    return new UploadRefusal(403, `You are banned from this server${reason}`);
  }
  return undefined;
}

/**
 * The right to delete a file, if this person has it: it is their own, or they are an operator now; `by` is the name of the
 * operator.
 */
export function rightToDelete(
  chat: Chat,
  { owner, user }: Uploader,
  file: UploadRow,
): { readonly by?: string } | undefined {
  if (chat.tokens.isOwn({ owner, ...(user !== undefined && { user }) }, file)) return {};
  const found = user === undefined ? undefined : chat.users.get(user);
  if (found?.isOperator) return { by: found.nick };
  return chat.accounts.roleOf(owner) === "" ? undefined : { by: owner };
}

/** The person who sends or deletes a file; throws an UploadRefusal if it is unknown or cannot send files any more. */
export async function senderOf(chat: Chat, request: IncomingMessage, visitor: Visitor): Promise<Uploader> {
  const sender = await identify(chat, request, visitor);
  const refusal = refusalToSend(chat, sender, visitor.address);
  if (refusal !== undefined) throw refusal;
  return sender;
}

async function identify(chat: Chat, request: IncomingMessage, visitor: Visitor): Promise<Uploader> {
  const [, scheme = "", credentials = ""] = /^(\w+) +(\S+)$/.exec(request.headers.authorization ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") {
    return chat.tokens.read(credentials) ??
      refuse(401, "The token is wrong or expired; get a new one with TOKEN GENERATE FILEHOST");
  }
  if (scheme.toLowerCase() !== "basic") {
    return refuse(401, "Send an account name and password, or a token");
  }
  const { address, secure, isLocal } = visitor;
  if (!secure && !isLocal) {
    return refuse(403, "Passwords need an encrypted connection; use a token from TOKEN GENERATE FILEHOST");
  }
  const text = decode(credentials);
  const at = text.indexOf(":");
  const outcome = await chat.accounts.checkPassword(text.slice(0, at), text.slice(at + 1), address, "HTTP");
  if (outcome.kind === "right") return uploaderOf(outcome.account);
  if (outcome.kind === "suspended") return refuse(403, `The account is suspended: ${outcome.reason}`);
  if (outcome.kind === "too many tries") return refuse(429, "Too many attempts; wait a few minutes");
  return refuse(401, "The name or the password is wrong");
}

function uploaderOf({ name: owner, epoch }: AccountRow): Uploader {
  return epoch === undefined ? { owner } : { owner, epoch };
}

function decode(credentials: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(credentials));
  } catch {
    return ":";
  }
}

function refuse(status: number, sentence: string): never {
  throw new UploadRefusal(status, sentence);
}
