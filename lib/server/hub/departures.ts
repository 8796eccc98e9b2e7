/**
 * The ends of sessions and users. Thousands can leave in one moment: a network fails, a server ban matches them, a
 * machine is lost. Each end is told to everybody who shares a channel, so together they would stop the chat for seconds.
 * The first ones are told at once, and the others in turns, in their order; their connections are closed already.
 */
import { setImmediate } from "node:timers";
import type { Commit } from "../apply/event.ts";
import type { ChatState } from "../chat/chat.ts";
import type { SessionState } from "../chat/session.ts";
import type { User, UserId } from "../chat/user.ts";
import { nextTurn, turnMs } from "../../turns.ts";
import { describeError } from "./command.ts";

/** The members of channels that are told in one round of the event loop; it takes a few milliseconds. */
const membersAtOnce = 5000;

/** Replace functions of the system. */
export interface DeparturesOptions {
  /** Calls a function in the next round of the event loop. @default {setImmediate} */
  readonly nextRound?: (act: () => void) => void;
  /** Resolves when long work can continue. @default {nextTurn} */
  readonly nextTurn?: () => Promise<void>;
}

/** Ends sessions and users. */
export class Departures {
  readonly #chat: ChatState;
  readonly #commit: Commit;
  readonly #nextRound: (act: () => void) => void;
  readonly #nextTurn: () => Promise<void>;
  #waiting: (() => void)[] = [];
  #told = 0;
  /** When users lost their last session, by the monotonic clock. */
  #lostAt = new Map<UserId, number>();
  /** Users who left while the other machines could not be told, until the log has them. */
  #unannounced: string[] = [];

  constructor(chat: ChatState, commit: Commit, options: DeparturesOptions = {}) {
    this.#chat = chat;
    this.#commit = commit;
    this.#nextRound = options.nextRound ?? ((act) => void setImmediate(act));
    this.#nextTurn = options.nextTurn ?? (() => nextTurn());
  }

  /** Removes a session; with its last session a user quits for `reason`. A second call does nothing. */
  detach(session: SessionState, reason: string): void {
    if (!this.#chat.sessions.delete(session.id)) return;
    this.#chat.monitors.clear(session);
    const { user, registration } = session;
    if (registration !== undefined) this.#chat.unregistered--;
    if (user === undefined) return;
    const lingerMs = session.hasQuit || user.account === undefined ? 0 : this.#chat.settings.linger;
    this.#add(user, () => {
      // The session lost its user meanwhile: it was killed, or its login ended.
      if (session.user !== user) return;
      return this.#commit(
        { kind: "detached", user: user.id, session: session.id, reason, ...(lingerMs > 0 && { lingerMs }) },
        session,
      );
    });
  }

  /** A user has lost a session; call it when the event is applied. */
  noteLost(user: UserId): void {
    this.#lostAt.set(user, this.#chat.clock.monotonic());
  }

  /** Ends lingering users that did not come back in time. */
  endLingering(): void {
    const nowMs = this.#chat.clock.monotonic();
    const lostAt = this.#lostAt;
    this.#lostAt = new Map();
    for (const user of this.#chat.users.values()) {
      const { id, lingering } = user;
      if (lingering === undefined) continue;
      const lost = lostAt.get(id) ?? nowMs;
      this.#lostAt.set(id, lost);
      if (nowMs - lost < lingering.forMs) continue;
      const { since } = lingering;
      this.#add(user, () => {
        if (user.lingering?.since === since) return this.#commit({ kind: "given up", user: id, since });
      });
    }
  }

  /** The server did not run for some time, so lingering users have longer. */
  excuse(standstillMs: number): void {
    const nowMs = this.#chat.clock.monotonic();
    for (const [user, lost] of this.#lostAt) this.#lostAt.set(user, Math.min(nowMs, lost + standstillMs));
  }

  /** Ends all that wait, at once. */
  flush(): void {
    for (const end of this.#waiting.splice(0)) end();
  }

  #add(user: User, act: () => void | Promise<void>): void {
    const end = () => this.#end(user, act);
    if (this.#waiting.length > 0 || this.#told >= membersAtOnce) {
      this.#waiting.push(end);
      if (this.#waiting.length === 1) void this.#work();
      return;
    }
    if (this.#told === 0) this.#nextRound(() => this.#told = 0);
    this.#told++;
    for (const channel of user.channels.keys()) this.#told += channel.members.size;
    end();
  }

  #end({ nick }: User, act: () => void | Promise<void>): void {
    try {
      act()?.catch((error) => this.#logUnannounced(nick, error));
    } catch (error) {
      this.#logUnannounced(nick, error);
    }
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#nextTurn();
      const untilMs = performance.now() + turnMs;
      let done = 0;
      while (done < this.#waiting.length && (done === 0 || performance.now() < untilMs)) {
        this.#waiting[done++]?.();
      }
      this.#waiting.splice(0, done);
    }
  }

  /** One line for all of one moment: a machine that stops while NATS is away can have thousands. */
  #logUnannounced(nick: string, error: unknown): void {
    this.#unannounced.push(nick);
    if (this.#unannounced.length > 1) return;
    // The commits of one moment fail together, each in a microtask that is queued already.
    queueMicrotask(() => {
      const [first, ...others] = this.#unannounced;
      this.#unannounced = [];
      const count = others.length === 0 ? "" : `, and ${others.length} more users,`;
      this.#chat.log("error", `Cannot announce that "${first}"${count} left: ${describeError(error)}`);
    });
  }
}
