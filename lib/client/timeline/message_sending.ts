/** Sends messages and reactions, and shows a toast when something could not be sent. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import type { Manner } from "../state/event.ts";
import { isOwn } from "../state/state.ts";
import { plain } from "../text/plain.ts";
import type { SaidEntry } from "./timeline.ts";
import { toast, toastError } from "../elements/toast.ts";

/** Sends for one client. */
export class MessageSending {
  readonly #client: Client;
  readonly #onRefused: (target: string, text: string) => void;
  #replyingTo: SaidEntry | undefined;

  /** `onRefused`: the server refused a message. */
  constructor(client: Client, onRefused: (target: string, text: string) => void) {
    this.#client = client;
    this.#onRefused = onRefused;
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
    const replyTo = answered ?? (entry?.said.buffer === target ? entry.key : undefined);
    this.#client.sendMessage({ target, manner, text, ...(replyTo && { replyTo }) }).then((delivery) => {
      if (delivery.kind === "refused") {
        toast(`Not sent: ${plain(delivery.reason)}`, "error");
        if (manner === "message") this.#onRefused(target, text);
      }
      if (delivery.kind === "unsure") toast(`This message may not have arrived: ${plain(text)}`, "error");
    });
  }

  /** Adds the own reaction to a message, or removes it. */
  react({ said, key, reactions }: SaidEntry, emoji: string): void {
    const hasReacted = [...reactions.get(emoji) ?? []].some((nick) => isOwn(this.#client.state, nick));
    const { recent } = this.#client.messages;
    if (recent.isDeleted(said)) return toast("This message was deleted", "error");
    attempt(() => this.#client.messages.react(said.buffer, key, emoji, !hasReacted));
  }

  deleteMessage({ said, key }: SaidEntry): void {
    attempt(() => this.#client.messages.delete(said.buffer, key));
  }
}

function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    toastError(error);
  }
}
