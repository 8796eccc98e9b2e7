/**
 * Identifies the sender of a file: an account by its password, or any user by a token
 * (server/commands/upload_token.ts).
 */
import type { IncomingMessage } from "node:http";
import type { Chat } from "../chat/chat.ts";
import type { Uploader } from "../chat/upload_token.ts";
import { UploadRefusal } from "./upload_folder.ts";
import type { Visitor } from "./visitor.ts";

/** The sender of a file; throws an UploadRefusal if it is unknown. */
export async function ownerOf(chat: Chat, request: IncomingMessage, visitor: Visitor): Promise<Uploader> {
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
  const outcome = await chat.accounts.checkPassword(text.slice(0, at), text.slice(at + 1), address);
  if (outcome.kind === "right") return { owner: outcome.account.name };
  if (outcome.kind === "suspended") return refuse(403, `The account is suspended: ${outcome.reason}`);
  if (outcome.kind === "too many tries") return refuse(429, "Too many attempts; wait a few minutes");
  return refuse(401, "The name or the password is wrong");
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
