/** The channels to join after every connect, with their keys, until we leave them or they refuse us. */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";

/** A channel and its key, "" for none. */
export interface WantedChannel {
  readonly name: string;
  readonly key: string;
}

/** The wanted channels of one client. */
export class WantedChannels {
  readonly #channels = new Map<Folded, WantedChannel>();

  /** Each is a name, or a name, a space and a key. */
  constructor(written: readonly string[]) {
    for (const channel of written) {
      const [name = "", key = ""] = channel.split(" ");
      this.add(name, key);
    }
  }

  add(name: string, key: string): void {
    this.#channels.set(fold(name), { name, key });
  }

  /** We have joined it under this name; its key stays. */
  onJoined(name: string): void {
    this.add(name, this.#channels.get(fold(name))?.key ?? "");
  }

  has(name: string): boolean {
    return this.#channels.has(fold(name));
  }

  remove(name: string): void {
    this.#channels.delete(fold(name));
  }

  all(): readonly WantedChannel[] {
    return [...this.#channels.values()];
  }
}
