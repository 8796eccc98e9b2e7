/** Which buffer is in front at a terminal: what is typed goes there. Entering, leaving and turning change it. */

import type { Client } from "../core/client.ts";
import { plainName } from "../text/plain.ts";
import { bufferAfterClosing } from "../core/buffer_order.ts";
import { findBuffer } from "../core/state.ts";
import { fold } from "../../irc/names.ts";

/** What the front needs of its desk. */
export interface ActiveBufferParts {
  readonly client: Client;
  /** Rooms of the start: all but the first stay behind it. */
  readonly rooms: readonly string[];
  /** Another one is shown; says so in the lines. */
  readonly title: (words: string) => void;
  readonly changed: () => void;
}

/** The front of one terminal. */
export class ActiveBuffer {
  /** "" when there is none. */
  name = "";
  readonly #parts: ActiveBufferParts;
  /** Rooms that do not come to the front when we enter them: the others of the start, and all on coming back. */
  readonly #behind = new Set<string>();

  constructor(parts: ActiveBufferParts) {
    this.#parts = parts;
    for (const room of parts.rooms.slice(1)) this.#behind.add(fold(room));
  }

  is(name: string): boolean {
    return fold(name) === fold(this.name);
  }

  show(name: string): void {
    const shown = findBuffer(this.#parts.client.state, name)?.name ?? name;
    if (shown !== this.name) this.#parts.title(plainName(shown));
    this.name = shown;
    this.#parts.changed();
  }

  /** We are in a room. The first one needs no title, as its first line tells where one is. */
  entered(room: string): void {
    const behind = this.#behind.has(fold(room));
    this.#behind.add(fold(room));
    if (this.name === "") this.name = room;
    else if (!behind) this.show(room);
  }

  /** A buffer is gone: if it was this one, another comes to the front. */
  closed(name: string): void {
    this.#behind.delete(fold(name));
    if (!this.is(name)) return;
    this.name = "";
    const next = bufferAfterClosing(this.#parts.client.state);
    if (next !== undefined) this.show(next);
    this.#parts.changed();
  }

  renamed(name: string, to: string): void {
    if (this.is(name)) this.name = to;
  }
}
