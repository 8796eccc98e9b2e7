/**
 * Messages that the server has not confirmed, at the terminal: those under way are dim rows above the prompt, refused
 * words return to the line when it is free, and what is not sent stays until /retry or /discard.
 */

import type { Client } from "../core/client.ts";
import type { ChatEvent } from "../state/event.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import { withoutCommand } from "../slash/paste.ts";
import { plain, plainName } from "../text/plain.ts";
import { unconfirmedTitle } from "../text/sentences.ts";

/** The parts of the UI that the view uses. */
export interface OutgoingViewParts {
  readonly client: Client;
  readonly activeBuffer: () => string;
  /** Puts text into the line; false when the line is in use. */
  readonly takeBack: (text: string) => boolean;
  readonly warn: (words: string) => void;
  readonly onChange: () => void;
}

/** A message under way is shown after this time, as nearly all arrive sooner. */
const shownMs = 1_000;
const maxRows = 3;

const doing = {
  waiting: "Waiting for the connection",
  sending: "Sending",
  checking: "The connection was lost; checking whether it arrived",
} as const;

/** The view of one terminal. */
export class OutgoingView {
  readonly #parts: OutgoingViewParts;
  /** When each message was first seen, by a clock that never jumps. */
  readonly #seenAt = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;

  constructor(parts: OutgoingViewParts) {
    this.#parts = parts;
  }

  onEvent({ message, isGone }: Extract<ChatEvent, { kind: "outgoing" }>): void {
    const { key, status } = message;
    if (isGone) this.#seenAt.delete(key);
    else if (!this.#seenAt.has(key)) this.#seenAt.set(key, performance.now());
    if (status === "unsent" && !isGone) this.#onUnsent(message);
    if (this.#hasEnded) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#parts.onChange();
    }, shownMs);
  }

  /** The messages under way, as rows above the prompt. */
  rows(): readonly string[] {
    const { outgoing } = this.#parts.client.state;
    const shown = outgoing.filter((message) => this.#isShown(message));
    const rows = shown.slice(0, maxRows).map((message) => {
      const { target, text, status } = message;
      const to = target === this.#parts.activeBuffer() ? "" : ` to ${plainName(target)}`;
      return `${doing[status as keyof typeof doing]}${to}: ${plain(text.replace(/\s+/g, " "))}`;
    });
    if (shown.length > maxRows) rows.push(`… and ${shown.length - maxRows} more`);
    return rows;
  }

  /** How many messages are not sent, with what to do; "" when there is none. */
  unsentNote(): string {
    const unsent = this.#parts.client.state.outgoing.filter(({ status }) => status === "unsent").length;
    if (unsent === 0) return "";
    return unsent === 1
      ? "1 message is not sent: /retry sends it, /discard deletes it"
      : `${unsent} messages are not sent: /retry sends them, /discard deletes them`;
  }

  /** Prints what was not sent, because the program ends; `draft` is the text in the line. */
  end(draft: string): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    const { client, warn } = this.#parts;
    for (const message of client.state.outgoing) warn(`${unconfirmedTitle(message)}: ${lines(message.text)}`);
    if (draft.trim() !== "") warn(`Not sent: ${lines(draft)}`);
  }

  #isShown({ key, status, isShown }: OutgoingMessage): boolean {
    if (status === "unsent" || isShown) return false;
    return status !== "sending" || performance.now() - (this.#seenAt.get(key) ?? -Infinity) >= shownMs;
  }

  #onUnsent({ key, target, manner, text, reason, replyTo, isUnsure }: OutgoingMessage): void {
    const { client, activeBuffer, takeBack, warn } = this.#parts;
    const isHere = target === activeBuffer() && manner === "message" && replyTo === undefined;
    if (isHere && !isUnsure && takeBack(withoutCommand(text))) {
      return client.outbox.discard(key);
    }
    warn(`Not sent to ${plainName(target)}: ${lines(text)} (${plain(reason)})`);
  }
}

function lines(text: string): string {
  return text.split("\n").map(plain).join("\n");
}
