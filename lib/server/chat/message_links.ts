/**
 * Addresses of whole messages, for people whose program shows only the first lines of a long message. An address
 * contains the conversation and the msgid, and is signed (signed_text.ts), so nobody can guess it. It works as long as
 * history has the message.
 */
import type { Message } from "../../irc/message.ts";
import { parseRecord, wholeText } from "../../irc/record.ts";
import { messageId, parseMessageId } from "../../irc/stamp.ts";
import type { StoredRecord } from "../store/block.ts";
import type { HistoryView } from "../store/history_reader.ts";
import type { Chat } from "./chat.ts";
import { oldestShown, sideOf, visibleHistory } from "./history_access.ts";
import type { ReadableStore } from "./readable_store.ts";
import { decodeText, encodeText, TextSigner } from "./signed_text.ts";
import type { User } from "./user.ts";

/** The length in base64url of 16 bytes, which nobody can guess. */
const signatureLength = 22;

/** A record, and the id of its log if that is known. */
type FoundRecord = StoredRecord & { readonly log?: number };

/** Makes and reads the addresses of a chat. */
export class MessageLinks {
  readonly #chat: Chat;
  readonly #signer: TextSigner;

  constructor(chat: Chat, secret: Uint8Array) {
    this.#chat = chat;
    // The tokens of uploads have the same secret, and never contain a colon.
    this.#signer = new TextSigner(secret, "text:", signatureLength);
  }

  /**
   * The address of a message; `conversation` is a folded channel name, also with a rank before it, or the identities of
   * both sides with a space between. Undefined without a web side and without history.
   */
  make(conversation: string, stamp: number): string | undefined {
    const { store, webUrl } = this.#chat;
    if (store === undefined || webUrl === undefined) return undefined;
    return `${webUrl}text/${this.#signer.sign(`${encodeText(conversation)}.${messageId(stamp)}`)}`;
  }

  /** The address of a message that `user` gets from the history of a target, or by a search, which tells its log. */
  makeFor(user: User, { stamp, log }: FoundRecord, target: string): string | undefined {
    const { store } = this.#chat;
    if (store === undefined) return undefined;
    const found = log === undefined
      ? visibleHistory(this.#chat, store, user, target)
        ?.find((view) => store.history.find([view], stamp))?.conversation
      : log >> 1;
    const conversation = found === undefined ? undefined : store.conversations.keyOf(found);
    return conversation === undefined ? undefined : this.make(conversation, stamp);
  }

  /**
   * The whole text behind the last part of an address; undefined if it is forged, or the message is deleted or too
   * old.
   */
  read(part: string): string | undefined {
    const [name, id = ""] = this.#signer.read(part)?.split(".") ?? [];
    const stamp = parseMessageId(id);
    return name === undefined || stamp === undefined ? undefined : this.#find(decodeText(name), stamp);
  }

  #find(conversation: string, stamp: number): string | undefined {
    const { store } = this.#chat;
    if (store === undefined) return undefined;
    const saved = store.database.read(() => {
      const found = findConversation(store, conversation);
      if (found === undefined) return undefined;
      const present = store.history.presentStamp(stamp);
      return store.history.find(
        [{ ...found, since: Math.max(found.since, oldestShown(this.#chat)) }],
        present,
      );
    }, undefined);
    const parsed = saved && parseRecord(saved.record);
    if (parsed === undefined || !isText(parsed.message)) return undefined;
    return wholeText(parsed.message.params[1] ?? "", parsed.more);
  }
}

/** The part of an address that names the private conversation of two sides: its key in the store. */
export function privateName(one: User, other: User): string {
  const [first, second] = [sideOf(one).identity, sideOf(other).identity];
  return first < second ? `${first} ${second}` : `${second} ${first}`;
}

function findConversation(store: ReadableStore, name: string): HistoryView | undefined {
  const { conversations } = store;
  const found = conversations.find(name);
  // The messages to a rank are hidden with those of their channel.
  const whole = name.indexOf("#") > 0 ? conversations.find(name.slice(name.indexOf("#"))) : undefined;
  return found && { conversation: found.id, since: Math.max(found.since, whole?.since ?? 0) };
}

function isText({ command }: Message): boolean {
  return command === "PRIVMSG" || command === "NOTICE";
}
