/** The users that gave up a nick last, for WHOWAS. A ring: the newest entry replaces the oldest. */
import { fold } from "../../irc/names.ts";
import type { User } from "./user.ts";

/** A user that had a nick. */
export interface Departed {
  readonly nick: string;
  readonly username: string;
  readonly host: string;
  readonly address: string;
  readonly realname: string;
  /** Milliseconds since 1970 when it gave the nick up. */
  readonly atMs: number;
}

/** The users that gave up a nick last, to be read. */
export interface Whowas {
  /** All entries, the newest last. */
  all(): Departed[];
  /** The users that had a nick, the newest first, at most `count`. */
  find(nick: string, count?: number): Departed[];
}

/** Remembers at most `size` users. */
export class WhowasState implements Whowas {
  readonly #size: number;
  readonly #ring: Departed[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Remembers that a user gives up its current nick. */
  add(user: User, atMs: number): void {
    const { nick, username, host, address, realname } = user;
    this.put({ nick, username, host, address, realname, atMs });
  }

  /** Adds an entry of another machine. */
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
