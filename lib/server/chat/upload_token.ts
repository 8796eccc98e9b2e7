/**
 * Upload tokens: a short-lived proof of a user's name, for uploads over HTTP (draft/authtoken). See signed_text.ts.
 */
import { fold } from "../../irc/names.ts";
import type { AccountRow } from "../store/accounts.ts";
import type { UploadRow } from "../store/uploads.ts";
import type { Chat } from "./chat.ts";
import { fileOwner, isOwnFile } from "./shared_files.ts";
import { decodeText, encodeText, TextSigner } from "./signed_text.ts";
import type { User } from "./user.ts";

/** The sender of a file: the owner as in UploadRow, and the id of the user if it is known. */
export interface Uploader {
  readonly owner: string;
  readonly user?: string;
  /** AccountRow.epoch when the sender proved to be the owner. */
  readonly epoch?: number;
}

/** The lifetime of a token. */
const lifeMs = 10 * 60_000;

/** Makes and reads the tokens of a chat. */
export class UploadTokens {
  readonly #chat: Pick<Chat, "accounts" | "now" | "users">;
  readonly #signer: TextSigner;

  constructor(chat: Pick<Chat, "accounts" | "now" | "users">, secret: Uint8Array) {
    this.#chat = chat;
    this.#signer = new TextSigner(secret, "");
  }

  /**
   * A token for this user: "SENDER.EXPIRES.SIGNATURE"; the sender is "OWNER ID EPOCH ARRIVED" in base64url. The epoch of
   * the account changes with the password, so a token does not survive a new one. After a restart another user can have
   * the id, so the arrival of the user counts.
   */
  make({ id, account, host, arrivedAt }: Pick<User, "id" | "account" | "host" | "arrivedAt">): string {
    const epoch = epochText(account === undefined ? undefined : this.#chat.accounts.find(account));
    const sender = encodeText(`${fileOwner(account, host)} ${id} ${epoch} ${arrivedAt}`);
    return this.#signer.sign(`${sender}.${(this.#chat.now() + lifeMs).toString(36)}`);
  }

  /**
   * The owner of a token, and the id of its user. The owner is an account, or "~host" (cloaked) without one: uploads are
   * not counted by nick, because a nick is easy to change. Undefined when the token is forged or too old, or when its
   * account is suspended or removed, or has another password.
   */
  read(token: string): Uploader | undefined {
    const [sender, expires = ""] = this.#signer.read(token)?.split(".") ?? [];
    if (sender === undefined || parseInt(expires, 36) < this.#chat.now()) return undefined;
    const [name = "", user = "", epoch = "", arrivedAt = ""] = decodeText(sender).split(" ");
    const found = this.#chat.users.get(user);
    if (found !== undefined && String(found.arrivedAt) !== arrivedAt) return undefined;
    if (name.startsWith("~")) return { owner: name, user };
    const account = this.#chat.accounts.find(name);
    return account === undefined || account.suspended !== undefined || epoch !== epochText(account)
      ? undefined
      : { owner: account.name, user, ...(account.epoch !== undefined && { epoch: account.epoch }) };
  }

  /** Whether the file is this sender's own. */
  isOwn({ owner, user }: Uploader, file: UploadRow): boolean {
    if (!owner.startsWith("~") && fold(file.owner) === fold(owner)) return true;
    const found = user === undefined ? undefined : this.#chat.users.get(user);
    return found !== undefined && isOwnFile(file, found);
  }
}

function epochText(account: AccountRow | undefined): string {
  return (account?.epoch ?? 0).toString(36);
}
