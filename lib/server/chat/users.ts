/**
 * The users of a chat by id, with what each newcomer asks about all of them: how many have a mode (LUSERS), and whether
 * one has a host. The counts follow every change, because a walk over all users for each newcomer takes longer the more
 * users there are.
 */
import type { User, UserId, UserState } from "./user.ts";

export type { User, UserState } from "./user.ts";

/** The users of a chat, to be read. */
export interface Users extends ReadonlyMap<UserId, User> {
  /** The number of users with this user mode. */
  countMode(letter: string): number;
  /** Whether a user has this host. */
  hasHost(host: string): boolean;
}

/** The users of a chat. */
export class UsersState extends Map<UserId, UserState> implements Users {
  readonly #modes = new Map<string, number>();
  readonly #hosts = new Map<string, number>();

  override set(id: UserId, user: UserState): this {
    this.delete(id);
    this.noteModes(user.modes, 1);
    this.noteHost(user.host, 1);
    user.counts = this;
    return super.set(id, user);
  }

  override delete(id: UserId): boolean {
    const user = this.get(id);
    if (user === undefined) return false;
    user.counts = undefined;
    this.noteModes(user.modes, -1);
    this.noteHost(user.host, -1);
    return super.delete(id);
  }

  override clear(): void {
    for (const user of this.values()) user.counts = undefined;
    this.#modes.clear();
    this.#hosts.clear();
    super.clear();
  }

  countMode(letter: string): number {
    return this.#modes.get(letter) ?? 0;
  }

  hasHost(host: string): boolean {
    return this.#hosts.has(host);
  }

  /** A user calls it when it got (1) or lost (-1) modes. */
  noteModes(letters: Iterable<string>, change: 1 | -1): void {
    for (const letter of letters) this.#modes.set(letter, this.countMode(letter) + change);
  }

  /** A user calls it when it got (1) or lost (-1) a host. */
  noteHost(host: string, change: 1 | -1): void {
    const count = (this.#hosts.get(host) ?? 0) + change;
    if (count > 0) this.#hosts.set(host, count);
    else this.#hosts.delete(host);
  }
}
