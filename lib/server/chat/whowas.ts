/** Who was here: the last people to leave a nick, for WHOWAS. A ring: the oldest entry makes room for the newest. */
import { fold } from "../../irc/names.ts";
import type { User } from "./user.ts";

/** Somebody who had a nick. */
export interface Departed {
  readonly nick: string;
  readonly username: string;
  readonly host: string;
  readonly address: string;
  readonly realname: string;
  /** Milliseconds since 1970 when it was given up. */
  readonly atMs: number;
}

/** The last people to leave a nick, to be read. */
export interface Whowas {
  /** Everybody, the last one last. */
  all(): Departed[];
  /** The people that had a nick, the last one first, at most `count`. */
  find(nick: string, count?: number): Departed[];
}

/** Remembers at most `size` people. */
export class WhowasState implements Whowas {
  readonly #size: number;
  readonly #ring: Departed[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Remembers that a user leaves the nick it has now. */
  add(user: User, atMs: number): void {
    const { nick, username, host, address, realname } = user;
    this.put({ nick, username, host, address, realname, atMs });
  }

  /** The same of somebody another machine remembers. */
  put(departed: Departed): void {
    if (this.#size === 0) return;
    this.#ring[this.#next] = departed;
    this.#next = (this.#next + 1) % this.#size;
  }

  all(): Departed[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }

  clear(): void {
    this.#ring.length = this.#next = 0;
  }

  find(nick: string, count = Infinity): Departed[] {
    const folded = fold(nick);
    const found: Departed[] = [];
    const length = this.#ring.length;
    for (let back = 1; back <= length && found.length < count; back++) {
      const one = this.#ring[(this.#next - back + length) % length];
      if (one !== undefined && fold(one.nick) === folded) found.push(one);
    }
    return found;
  }
}
