/**
 * Who wants to know when a nick comes and goes (MONITOR). The lists belong to sessions and stay on their machine; what
 * is told follows from events, so it is the same wherever a watcher is.
 */
import { unshared } from "../../irc/message.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { Hub } from "../hub/hub.ts";
import { OutgoingLine, type OutgoingMessage } from "../render/outgoing.ts";
import type { Session } from "./session.ts";
import type { User } from "./user.ts";

/** The lists of all sessions of this machine, and the way back from a nick to its watchers. */
export class Monitors {
  readonly #hub: Hub;
  readonly #watchers = new Map<Folded, Set<Session>>();
  readonly #lists = new Map<Session, Map<Folded, string>>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** The nicks a session watches, as it wrote them. */
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
    const kept = unshared(nick);
    const folded = fold(kept);
    entry(this.#lists, session, () => new Map<Folded, string>()).set(folded, kept);
    entry(this.#watchers, folded, () => new Set<Session>()).add(session);
  }

  remove(session: Session, nick: string): void {
    const folded = fold(nick);
    const list = this.#lists.get(session);
    if (list?.delete(folded) && list.size === 0) this.#lists.delete(session);
    const watchers = this.#watchers.get(folded);
    if (watchers?.delete(session) && watchers.size === 0) this.#watchers.delete(folded);
  }

  /** Empties a session's list; also to be called when it is over. */
  clear(session: Session): void {
    for (const nick of this.list(session)) this.remove(session, nick);
  }

  /** Tells that somebody has this nick from now on. */
  online(user: User): void {
    this.#tell(user.folded, "730", user.source);
  }

  /** Tells that nobody has this nick any more. */
  offline(nick: string): void {
    this.#tell(fold(nick), "731", nick);
  }

  /** Tells a change to the watchers who asked for changes too (extended-monitor) and are not in `done`, and adds them. */
  tellChange(user: User, told: OutgoingMessage, done: Set<Session>): void {
    for (const session of this.#watchers.get(user.folded) ?? []) {
      if (done.has(session) || !session.has("extended-monitor")) continue;
      done.add(session);
      session.tell(told);
    }
  }

  /** "*" stands for the watcher's nick, as the specification allows, so one line serves all of them. */
  #tell(nick: Folded, code: "730" | "731", target: string): void {
    const watchers = this.#watchers.get(nick);
    if (watchers === undefined) return;
    const told = new OutgoingLine(this.#hub.settings.name, code, ["*", target], {
      stamp: this.#hub.now() * 1024,
    });
    for (const session of watchers) session.tell(told);
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}
