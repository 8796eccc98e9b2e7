/**
 * Upload tokens: a short-lived proof of a user's name, for uploads over HTTP (draft/authtoken). They are signed with
 * the chat's secret: every machine accepts the tokens of the others, and nothing is stored.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Chat } from "./chat.ts";
import { fileOwner } from "./shared_files.ts";
import type { User } from "./user.ts";

/** The sender of a file: the owner as in UploadRow, and the id of the user if it is known. */
export interface Uploader {
  readonly owner: string;
  readonly user?: string;
}

/** The lifetime of a token. */
const lifeMs = 10 * 60_000;

/** Makes and reads the tokens of a chat. */
export class UploadTokens {
  readonly #chat: Pick<Chat, "accounts" | "now">;
  readonly #secret: Uint8Array;

  /** Machines with the same secret accept the tokens of each other. */
  constructor(chat: Pick<Chat, "accounts" | "now">, secret: Uint8Array) {
    this.#chat = chat;
    this.#secret = secret;
  }

  /** A token for this user: "SENDER.EXPIRES.SIGNATURE"; the sender is "OWNER ID" in base64url. */
  make({ id, account, host }: Pick<User, "id" | "account" | "host">): string {
    const sender = bytes(`${fileOwner(account, host)} ${id}`)
      .toBase64({ alphabet: "base64url", omitPadding: true });
    const claim = `${sender}.${(this.#chat.now() + lifeMs).toString(36)}`;
    return `${claim}.${this.#sign(claim)}`;
  }

  /**
   * The owner of a token, and the id of its user. The owner is an account, or "~host" (cloaked) without one: uploads are
   * not counted by nick, because a nick is easy to change. Undefined when the token is forged or too old, or when its
   * account is suspended or removed.
   */
  read(token: string): Uploader | undefined {
    const [sender = "", expires = "", signature = ""] = token.split(".");
    const expected = bytes(this.#sign(`${sender}.${expires}`));
    const given = bytes(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    if (parseInt(expires, 36) < this.#chat.now()) return undefined;
    const [name = "", user = ""] = new TextDecoder()
      .decode(Uint8Array.fromBase64(sender, { alphabet: "base64url" })).split(" ");
    if (name.startsWith("~")) return { owner: name, user };
    const account = this.#chat.accounts.find(name);
    return account === undefined || account.suspended !== undefined
      ? undefined
      : { owner: account.name, user };
  }

  #sign(claim: string): string {
    return createHmac("sha256", this.#secret).update(claim).digest("base64url");
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
