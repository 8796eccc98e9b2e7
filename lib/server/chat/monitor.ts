/**
 * MONITOR lists: the nicks that each session watches. The lists belong to sessions and stay on their machine. The
 * notices follow from events, so they are the same on every machine.
 */
import { unshared } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Session } from "./session.ts";

const none: ReadonlySet<Session> = new Set();

/** The lists of all sessions of this machine, and the watchers of each nick. */
export class Monitors {
  readonly #watchers = new Map<Folded, Set<Session>>();
  readonly #lists = new Map<Session, Map<Folded, string>>();

  /** The nicks that a session watches, in its spelling. */
  list(session: Session): string[] {
    return [...this.#lists.get(session)?.values() ?? []];
  }

  count(session: Session): number {
    return this.#lists.get(session)?.size ?? 0;
  }

  has(session: Session, nick: string): boolean {
    return this.#lists.get(session)?.has(fold(nick)) ?? false;
  }

  add(session: Session, nick: string): void {
    const ownCopy = unshared(nick);
    const folded = fold(ownCopy);
    entry(this.#lists, session, () => new Map<Folded, string>()).set(folded, ownCopy);
    entry(this.#watchers, folded, () => new Set<Session>()).add(session);
  }

  remove(session: Session, nick: string): void {
    const folded = fold(nick);
    const list = this.#lists.get(session);
    if (list?.delete(folded) && list.size === 0) this.#lists.delete(session);
    const watchers = this.#watchers.get(folded);
    if (watchers?.delete(session) && watchers.size === 0) this.#watchers.delete(folded);
  }

  /** Empties the list of a session. Call it also when the session ends. */
  clear(session: Session): void {
    for (const nick of this.list(session)) this.remove(session, nick);
  }

  /** The sessions that watch a nick. */
  watchers(nick: Folded): ReadonlySet<Session> {
    return this.#watchers.get(nick) ?? none;
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}
