/**
 * The active buffer of the terminal: it receives the typed messages. Joining, leaving and switching change it, when the
 * person does these at this terminal: what another device does must not lead typed words into another channel.
 */

import { fold } from "../../irc/names.ts";
import { ActionError } from "../state/action_error.ts";
import { bufferAfterClosing } from "../state/buffer_order.ts";
import type { Client } from "../core/client.ts";
import { findBuffer } from "../state/state.ts";
import { plainName } from "../text/plain.ts";

/** The parts of the UI that the active buffer uses. */
export interface ActiveBufferParts {
  readonly client: Client;
  /** The channels to join at the start, each with its key or without one. The first of them becomes active. */
  readonly channels: readonly string[];
  /** Prints the name of the new active buffer. */
  readonly printTitle: (words: string) => void;
  readonly onChange: () => void;
  /** Whether the line has words that are not sent. */
  readonly hasWords: () => boolean;
}

/** The active buffer of one terminal. */
export class ActiveBuffer {
  /** "" when there is none. */
  name = "";
  readonly #parts: ActiveBufferParts;
  /** Channels that do not become active when we join them: at the start all but the first, after a reconnect all. */
  readonly #inBackground = new Set<string>();
  /** The buffer that was closed while the person was typing for it; "" for none. */
  #lost = "";

  constructor(parts: ActiveBufferParts) {
    this.#parts = parts;
    for (const channel of parts.channels.slice(1)) this.#inBackground.add(fold(channel.split(" ")[0] ?? ""));
  }

  isActive(name: string): boolean {
    return fold(name) === fold(this.name);
  }

  /** The name; throws an ActionError when there is none. */
  target(): string {
    if (this.name !== "") return this.name;
    throw new ActionError(
      this.#lost === ""
        ? "You have not joined a channel yet: write /join #CHANNEL"
        : `You are not in ${plainName(this.#lost)} any more: Ctrl-X shows another channel`,
    );
  }

  show(name: string): void {
    const shown = findBuffer(this.#parts.client.state, name)?.name ?? name;
    if (shown !== this.name) this.#parts.printTitle(plainName(shown));
    this.name = shown;
    this.#lost = "";
    this.#parts.onChange();
  }

  /** We joined a channel. The first one needs no title, because its first line names it. */
  onJoined(channel: string): void {
    const isAsked = this.#parts.client.hasAskedFor(channel);
    const inBackground = this.#inBackground.has(fold(channel)) || !isAsked;
    this.#inBackground.add(fold(channel));
    if (this.name !== "" || this.#lost !== "") {
      if (!inBackground || fold(channel) === fold(this.#lost)) this.show(channel);
    } else if (isAsked || !this.#parts.client.isJoining) this.name = channel;
  }

  /** A channel refused us. Another device can be in channels, and one of these is then better than none. */
  onRefused(): void {
    const { client, hasWords } = this.#parts;
    if (this.name === "" && !hasWords() && !client.isJoining) this.#showAnother();
  }

  /** A buffer was closed. If it was the active one, another becomes active, unless words for it are in the line. */
  onClosed(name: string): void {
    this.#inBackground.delete(fold(name));
    if (!this.isActive(name)) return;
    this.name = "";
    if (this.#parts.hasWords()) this.#lost = name;
    else this.#showAnother();
    this.#parts.onChange();
  }

  #showAnother(): void {
    const next = bufferAfterClosing(this.#parts.client.state);
    if (next !== undefined) this.show(next);
  }

  onRenamed(name: string, to: string): void {
    if (this.isActive(name)) this.name = to;
  }
}
