/**
 * The active buffer of the page: which channel or conversation is shown, how another one becomes active, and marking
 * it as read.
 */
/// <reference lib="dom" />
import { ActionError } from "../state/action_error.ts";
import type { Client } from "../core/client.ts";
import { bufferAfterClosing, nextBuffer } from "../state/buffer_order.ts";
import { findBuffer, isChannel } from "../state/state.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Timelines } from "../timeline/timeline.ts";

/** The parts of the chat that the active buffer uses. */
export interface ActiveBufferParts {
  readonly client: Client;
  readonly timelines: Timelines;
  /** This buffer is not the active one any more. */
  readonly onLeave: (name: string) => void;
  /** Another buffer became active; "" for none. */
  readonly onChange: (name: string) => void;
  /** A conversation without messages became active. */
  readonly onEmptyConversation: (name: string) => void;
  /** Whether the newest message of the active buffer is in sight. */
  readonly isAtEnd: () => boolean;
  /** Draws the page with the next frame. */
  readonly draw: () => void;
}

/** The active buffer. */
export class ActiveBuffer {
  /** "" for none. */
  name = "";
  readonly #parts: ActiveBufferParts;
  /** The channel that becomes active when the client has joined it. */
  #joining: Folded | undefined;
  /** The nicks that people have now, by those they had before. */
  readonly #renamed = new Map<Folded, string>();

  constructor(parts: ActiveBufferParts) {
    this.#parts = parts;
  }

  /** The name; throws an ActionError when there is no active buffer. */
  target(): string {
    if (this.name === "") throw new ActionError("You have not joined a channel yet: write /join #channel");
    return this.name;
  }

  show(name: string): void {
    const { client, timelines, onLeave, onChange, onEmptyConversation, draw } = this.#parts;
    const known = findBuffer(client.state, name);
    const isConversation = !isChannel(client.state, name);
    if (known === undefined && isConversation) client.openConversation(name);
    const shown = findBuffer(client.state, name)?.name ?? name;
    const before = this.name;
    this.name = shown;
    if (before === "") timelines.moveLines("", shown);
    else if (shown !== before) {
      timelines.removeSeparator(before);
      timelines.showLatest(before);
      onLeave(before);
    }
    onChange(shown);
    if (isConversation && timelines.of(shown).entries.length === 0) onEmptyConversation(shown);
    draw();
  }

  /** A person has another nick, and so has the conversation. */
  onRenamed(from: string, to: string): void {
    this.#renamed.set(fold(from), to);
    if (this.is(from)) this.name = to;
  }

  /** Shows a conversation that a notification names, perhaps by an earlier nick of the person. */
  showByOldName(name: string): void {
    const { state } = this.#parts.client;
    const to = this.#renamed.get(fold(name));
    this.show(findBuffer(state, name) === undefined && to !== undefined ? to : name);
  }

  /** Closes a buffer: when it is the active one, another becomes active. */
  close(name: string): void {
    const { client, timelines, onChange, draw } = this.#parts;
    client.removeBuffer(name);
    timelines.remove(name);
    draw();
    if (!this.is(name)) return;
    this.name = "";
    if (!this.#showAnother()) onChange("");
  }

  /** We were removed from a channel: another buffer becomes active, when there is one. */
  removed(name: string): void {
    if (this.is(name)) this.#showAnother();
  }

  #showAnother(): boolean {
    const next = bufferAfterClosing(this.#parts.client.state);
    if (next !== undefined) this.show(next);
    return next !== undefined;
  }

  /** Shows the next buffer of the lists (1) or the one before (-1); after the last comes the first. */
  step(by: number): void {
    const next = nextBuffer(this.#parts.client.state, this.name, by);
    if (next !== undefined) this.show(next);
  }

  /** Joins a channel and shows it. */
  join(channel: string): void {
    const { client } = this.#parts;
    if (findBuffer(client.state, channel)?.joined) return this.show(channel);
    this.showOnJoin(channel);
    client.join(channel);
  }

  /** The channel becomes active when the client has joined it. */
  showOnJoin(channel: string): void {
    this.#joining = fold(isChannel(this.#parts.client.state, channel) ? channel : `#${channel}`);
  }

  /** The client has joined a channel. */
  joined(channel: string): void {
    // A channel that an account is in already comes before the one that the person asked for, which is shown.
    if (this.#joining !== fold(channel) && (this.name !== "" || this.#joining !== undefined)) return;
    this.#joining = undefined;
    this.show(channel);
  }

  /** The server does not let the client into a channel. */
  joinRefused(channel: string): void {
    if (channel === "" || this.#joining !== fold(channel)) return;
    this.#joining = undefined;
    if (this.name === "") this.#showAnother();
  }

  is(buffer: string): boolean {
    return fold(buffer) === fold(this.name);
  }

  /** Whether the person is looking at this buffer. */
  isShown(buffer: string): boolean {
    return this.is(buffer) && document.visibilityState === "visible" && document.hasFocus();
  }

  /** Whether the person sees the newest messages of this buffer. */
  isSeen(buffer: string): boolean {
    return this.isShown(buffer) && this.#parts.isAtEnd();
  }

  /** Marks the buffer as read on all devices when the person sees the newest messages. */
  markRead(): void {
    const { client, timelines } = this.#parts;
    if (this.name === "" || !this.isSeen(this.name)) return;
    timelines.markAllRead(this.name);
    client.readMarkers.markAllRead(this.name);
  }
}
