/** The rooms we want to be in, with their keys: entered after every connect, until they are left or refuse us. */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";

/** A room and what opens it, "" for none. */
export interface WantedChannel {
  readonly name: string;
  readonly key: string;
}

/** One person's rooms on one server. */
export class WantedChannels {
  readonly #rooms = new Map<Folded, WantedChannel>();

  /** Each is a name, with its key behind a space where it has one. */
  constructor(written: readonly string[]) {
    for (const room of written) {
      const [name = "", key = ""] = room.split(" ");
      this.add(name, key);
    }
  }

  add(name: string, key: string): void {
    this.#rooms.set(fold(name), { name, key });
  }

  /** We are in it, under the name that the server gives it; its key stays. */
  joined(name: string): void {
    this.add(name, this.#rooms.get(fold(name))?.key ?? "");
  }

  has(name: string): boolean {
    return this.#rooms.has(fold(name));
  }

  remove(name: string): void {
    this.#rooms.delete(fold(name));
  }

  all(): readonly WantedChannel[] {
    return [...this.#rooms.values()];
  }
}
