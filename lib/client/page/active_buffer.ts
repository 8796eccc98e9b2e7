/** Which room or conversation is in front, how another comes there, and that what is there is read. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import { findBuffer, isChannel } from "../core/state.ts";
import { fold, type Folded } from "../../irc/names.ts";
import { listedNames } from "./sidebars.ts";
import type { Timelines } from "./timeline.ts";

/** What the front needs of the chat. */
export interface ActiveBufferParts {
  readonly client: Client;
  readonly timelines: Timelines;
  /** Another buffer came to the front; "" for none. */
  readonly turned: (name: string) => void;
  /** A conversation is in front of which nothing is known yet. */
  readonly unknown: (name: string) => void;
}

/** The buffer in front. */
export class ActiveBuffer {
  /** "" for none. */
  name = "";
  readonly #parts: ActiveBufferParts;
  /** The room that is to come to the front when we are in it. */
  #wanted: Folded | undefined;
  /** How far the server was told that we have read. */
  readonly #marked = new Map<Folded, number>();

  constructor(parts: ActiveBufferParts) {
    this.#parts = parts;
  }

  show(name: string): void {
    const { client, timelines, turned, unknown } = this.#parts;
    const known = findBuffer(client.state, name);
    const isPerson = !isChannel(client.state, name);
    if (known === undefined && isPerson) client.open(name);
    const shown = findBuffer(client.state, name)?.name ?? name;
    if (this.name === "") timelines.move("", shown);
    else if (shown !== this.name) timelines.settle(this.name);
    this.name = shown;
    turned(shown);
    if (isPerson && timelines.of(shown).entries.length === 0) unknown(shown);
  }

  /** A buffer is gone: when it was this one, another comes. */
  closed(name: string): void {
    if (fold(name) !== fold(this.name)) return;
    this.name = "";
    if (!this.#turnAway()) this.#parts.turned("");
  }

  /** We were removed from a room: another comes, when there is one. */
  removed(name: string): void {
    if (fold(name) === fold(this.name)) this.#turnAway();
  }

  #turnAway(): boolean {
    const joined = [...this.#parts.client.state.buffers.values()].filter((buffer) => buffer.joined);
    const next = joined.find(({ kind }) => kind === "channel") ?? joined[0];
    if (next !== undefined) this.show(next.name);
    return next !== undefined;
  }

  /** So many further down the lists, or up; from the end it goes on at the beginning. */
  step(by: number): void {
    const names = listedNames(this.#parts.client.state);
    const next = names.at((names.indexOf(this.name) + by) % names.length);
    if (next !== undefined) this.show(next);
  }

  /** The room is to come to the front when we are in it. */
  want(room: string): void {
    this.#wanted = fold(isChannel(this.#parts.client.state, room) ? room : `#${room}`);
  }

  /** We are in a room. */
  arrived(room: string): void {
    if (this.name !== "" && this.#wanted !== fold(room)) return;
    this.#wanted = undefined;
    this.show(room);
  }

  is(buffer: string): boolean {
    return fold(buffer) === fold(this.name);
  }

  /** Whether the person looks at this buffer. */
  isSeen(buffer: string): boolean {
    return this.is(buffer) && document.visibilityState === "visible" && document.hasFocus();
  }

  /** What is in front of the person's eyes is read, on all devices. */
  markRead(): void {
    const { client, timelines } = this.#parts;
    if (this.name === "" || !this.isSeen(this.name)) return;
    const newest = timelines.see(this.name);
    if (!client.online || newest <= (this.#marked.get(fold(this.name)) ?? 0)) return;
    this.#marked.set(fold(this.name), newest);
    client.messages.markRead(this.name, newest);
  }
}
