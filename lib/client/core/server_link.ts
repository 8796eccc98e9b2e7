/**
 * The server as the parts of a client see it: the state, and methods to send lines and requests. It can be used with
 * and without a connection. The client connects and reconnects; it sets each new session here.
 */

import type { Message } from "../../irc/message.ts";
import { format } from "../../irc/message.ts";
import { ActionError } from "../state/action_error.ts";
import type { FirstContact } from "../../net/connection.ts";
import type { ClientSession } from "./client_session.ts";
import { ServerClock } from "./server_clock.ts";
import { throwRefusal } from "../state/refusals.ts";
import type { AnswerMatcher } from "./requests.ts";
import type { State } from "../state/state.ts";
import { withoutConnection } from "../state/state.ts";

/** One client's link to its server. */
export class ServerLink {
  /** The current connection, once it is open. */
  session: ClientSession | undefined;
  readonly clock: ServerClock;
  readonly #elapsed: () => number;
  /** The state while there is no session. */
  #state: State;

  constructor(state: State, now: () => number, elapsed: () => number) {
    this.#state = state;
    this.clock = new ServerClock(now, elapsed);
    this.#elapsed = elapsed;
  }

  get state(): State {
    return this.session?.state ?? this.#state;
  }

  set state(state: State) {
    if (this.session === undefined) this.#state = state;
    else this.session.state = state;
  }

  /** Whether we are registered on the server, so lines can be sent. */
  get isOnline(): boolean {
    return this.session?.isReady ?? false;
  }

  /** Whether nobody else can read the connection. */
  get isConfidential(): boolean {
    return this.session?.isConfidential ?? false;
  }

  /** See Connection. */
  get firstContact(): FirstContact | undefined {
    return this.session?.firstContact;
  }

  /** Milliseconds since 1970, by the clock of the server when it shows one. */
  get now(): number {
    return this.clock.now;
  }

  /** Milliseconds of a clock that never jumps, for everything that lasts a time. */
  get elapsed(): number {
    return this.#elapsed();
  }

  /** The connection has ended. Open buffers stay. */
  disconnect(): void {
    this.#state = withoutConnection(this.state);
    this.clock.onConnection();
    this.session = undefined;
  }

  /** Sends one line as it is; false when there is no connection. */
  send(line: string): boolean {
    this.session?.send(line);
    return this.session !== undefined;
  }

  /** Sends a line whose refusal the person does not see, because the person did not ask for it. */
  sendSilently(line: string): void {
    // A refusal that answers a request is no event.
    if (this.state.caps.has("labeled-response")) this.request(line).catch(() => {});
    else this.send(line);
  }

  /** Sends a command; throws an ActionError when there is no connection. */
  command(command: string, ...params: string[]): void {
    const clean = params.map((param) => param.replace(/[\r\n\0]+/g, " "));
    const wrong = clean.slice(0, -1).find((param) => !isMiddleParam(param));
    if (wrong !== undefined) throw new ActionError(`Cannot use "${wrong}" there`);
    if (!this.send(format({ command, params: clean }))) {
      throw new ActionError("Cannot do that: there is no connection to the server");
    }
  }

  /** Sends a line and collects its answer; rejects when there is no connection or no answer. */
  request(line: string, matcher: AnswerMatcher = () => "other"): Promise<readonly Message[]> {
    return this.session?.isReady
      ? this.session.request(line, matcher)
      : Promise.reject(new Error("There is no connection to the server"));
  }

  /** Like request(), but a refusal by the server rejects with an ActionError. */
  async ask(line: string, matcher?: AnswerMatcher): Promise<readonly Message[]> {
    const answer = await this.request(line, matcher);
    throwRefusal(this.state, answer);
    return answer;
  }
}

/** Whether text can be a parameter that is not the last one of a line. */
export function isMiddleParam(text: string): boolean {
  return /^[^\s:]\S*$/.test(text);
}

/** The line for a message that consists of tags only. */
export function tagLine(target: string, tags: Readonly<Record<string, string>>): string {
  return format({ tags: Object.entries(tags), command: "TAGMSG", params: [target] });
}

/** Whether messages that consist of tags only can be sent now. */
export function canSendTags({ isOnline, state }: ServerLink): boolean {
  return isOnline && state.caps.has("message-tags");
}
