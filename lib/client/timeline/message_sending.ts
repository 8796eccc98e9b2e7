/** Sends messages and reactions, and shows when something could not be sent. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import type { Manner } from "../state/event.ts";
import { fold } from "../../irc/names.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import { findBuffer } from "../state/state.ts";
import { plain, plainName } from "../text/plain.ts";
import { withoutCommand } from "../slash/paste.ts";
import { copy } from "../elements/clipboard.ts";
import type { OutgoingActions } from "./outgoing_rows.ts";
import { includesUs } from "./reacting_people.ts";
import type { SaidEntry } from "./timeline_entry.ts";
import { toast, toastError } from "../elements/toast.ts";

/** Sends for one client. */
export class MessageSending {
  readonly #client: Client;
  readonly #takeBack: (target: string, written: string) => boolean;
  #replyingTo: SaidEntry | undefined;

  /** `takeBack`: puts refused words into the message box; false when there are other words in it. */
  constructor(client: Client, takeBack: (target: string, written: string) => boolean) {
    this.#client = client;
    this.#takeBack = takeBack;
  }

  /** Messages that `act` sends to the buffer of `entry` are replies to it. */
  replyingTo(entry: SaidEntry | undefined, act: () => void): void {
    this.#replyingTo = entry;
    act();
    this.#replyingTo = undefined;
  }

  /** Sends a message; `answered` is the id of the message it answers. */
  say(target: string, manner: Manner, text: string, answered?: string): void {
    const entry = this.#replyingTo;
    const isHere = entry !== undefined && fold(entry.said.buffer) === fold(target);
    const replyTo = answered ?? (isHere ? entry.key : undefined);
    void this.#client.sendMessage({ target, manner, text, ...(replyTo && { replyTo }) });
  }

  /** An outgoing message has changed. A refused text returns to the message box, if that is empty. */
  onOutgoing(message: OutgoingMessage, activeBuffer: string): void {
    const { key, target, manner, text, replyTo, status, reason, isUnsure } = message;
    if (status !== "unsent") return;
    const isHere = fold(target) === fold(activeBuffer);
    if (!isUnsure) toast(`Not sent: ${plain(reason)}`, "error");
    else if (!isHere) toast(`Not sent to ${plainName(target)}: ${plain(reason)}`, "error");
    // A reply keeps the message that it answers only as a row.
    const isPlain = manner === "message" && replyTo === undefined && !isUnsure;
    const hasBuffer = findBuffer(this.#client.state, target) !== undefined;
    if (isPlain && hasBuffer && this.#takeBack(target, withoutCommand(text))) {
      this.#client.outbox.discard(key);
    }
  }

  /** The buttons of an unsent message. */
  get outgoing(): OutgoingActions {
    return {
      retry: ({ key }) => attempt(() => this.#client.retry(key)),
      discard: ({ key }) => this.#client.outbox.discard(key),
      copy: ({ text }) => void copy(text).then(() => toast("Copied the message"), toastError),
    };
  }

  /** Adds the own reaction to a message, or removes it. */
  react({ said, key, reactions }: SaidEntry, emoji: string): void {
    const hasReacted = includesUs(this.#client.state, reactions.get(emoji));
    const { recent } = this.#client.messages;
    if (recent.isDeleted(said)) return toast("This message was deleted", "error");
    attempt(() => this.#client.messages.react(said.buffer, key, emoji, !hasReacted));
  }

  deleteMessage({ said, key }: SaidEntry): void {
    attempt(() => this.#client.messages.delete(said.buffer, key));
  }

  /** Deletes a shared file; the message stays. */
  deleteFile(id: string): void {
    this.#client.server.ask(`FILES DELETE ${id}`).then(() => toast("Deleted the file"), toastError);
  }
}

function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    toastError(error);
  }
}
