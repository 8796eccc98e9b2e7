/**
 * How far we have read: counts what is unread, tells the server what we have read here (IRCv3 read-marker), and asks it
 * what we have read on other devices. The server sends the markers of channels by itself; for people we must ask.
 */

import type { Message } from "../../irc/message.ts";
import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import { ActionError } from "../state/action_error.ts";
import { UnreadMessages } from "../state/unread.ts";
import type { AnswerMatcher } from "./requests.ts";
import type { ServerLink } from "./server_link.ts";
import { isMiddleParam } from "./server_link.ts";
import { findBuffer, withBuffer } from "../state/state.ts";

/** The time between two markers of a buffer. */
const pauseMs = 1_000;
/** The clocks of the server's machines can differ by this. */
const clockMs = 60_000;

/** The pause after a marker of a buffer. */
interface Pause {
  readonly timer: ReturnType<typeof setTimeout>;
  /** The marker to send after the pause. */
  next?: { readonly buffer: string; readonly at: number };
}

/** One client's read markers. Times are in milliseconds since 1970. */
export class ClientReadMarkers {
  readonly unread = new UnreadMessages();
  readonly #link: ServerLink;
  /** The markers that we have sent on this connection. */
  readonly #sent = new Map<Folded, number>();
  /** The buffers whose marker was sent less than a second ago. */
  readonly #pauses = new Map<Folded, Pause>();
  /** Markers that the server perhaps does not know, because the connection was lost. */
  readonly #unsent = new Map<Folded, number>();

  constructor(link: ServerLink) {
    this.#link = link;
  }

  /** Whether the server stores markers. */
  get hasMarkers(): boolean {
    return this.#link.isOnline && this.#link.state.caps.has("draft/read-marker");
  }

  /** The person has read a buffer up to a time. */
  markRead(buffer: string, at: number): void {
    this.unread.markRead(buffer, at);
    this.#send(buffer, at);
  }

  /** The person has read everything in a buffer. */
  markAllRead(buffer: string): void {
    const newest = this.unread.markAllRead(buffer);
    if (newest > 0) this.#send(buffer, newest);
  }

  /** Tells the server what we have read without a connection. Call it when the marker of the server is known. */
  sendAgain(buffer: string): void {
    const at = this.#unsent.get(fold(buffer));
    if (at === undefined || !this.hasMarkers) return;
    this.#unsent.delete(fold(buffer));
    this.#send(buffer, at);
  }

  /**
   * Asks for the marker of a buffer: 0 when we have read nothing, undefined when the server has none for it. Rejects when
   * the connection is lost.
   */
  async ask(buffer: string): Promise<number | undefined> {
    if (this.#link.isOnline && (!this.hasMarkers || !isMiddleParam(buffer))) return undefined;
    try {
      return markerIn(await this.#link.ask(`MARKREAD ${buffer}`, matchMarker(buffer)));
    } catch (error) {
      if (error instanceof ActionError) return undefined;
      throw error;
    }
  }

  /** We are connected again, and it is this time on the server: no marker can be after it. */
  onReconnect(now: number): void {
    const present = (at: number) => at > now + clockMs ? now : at;
    this.unread.move(present);
    for (const [key, at] of this.#unsent) this.#unsent.set(key, present(at));
    for (const { name, readUpTo = 0 } of this.#link.state.buffers.values()) {
      if (present(readUpTo) === readUpTo) continue;
      this.#link.state = withBuffer(this.#link.state, name, (one) => ({ ...one, readUpTo: now }));
    }
  }

  /** The person of a conversation has another nick. */
  onRenamed(from: string, to: string): void {
    for (const times of [this.#sent, this.#unsent]) {
      const at = times.get(fold(from));
      times.delete(fold(from));
      if (at !== undefined) times.set(fold(to), Math.max(at, times.get(fold(to)) ?? 0));
    }
    this.#endPause(fold(from), to);
  }

  /** The connection has ended. */
  onDisconnect(): void {
    this.flush();
    for (const [key, at] of this.#sent) this.#unsent.set(key, at);
    this.#sent.clear();
  }

  /** Sends the markers that wait. */
  flush(): void {
    for (const key of [...this.#pauses.keys()]) this.#endPause(key);
  }

  /** Sends the marker that waits, with the name that its buffer has now. */
  #endPause(key: Folded, name?: string): void {
    const pause = this.#pauses.get(key);
    if (pause === undefined) return;
    clearTimeout(pause.timer);
    this.#pauses.delete(key);
    if (pause.next !== undefined) this.#send(name ?? pause.next.buffer, pause.next.at);
  }

  /** In a busy channel that the person looks at, not every message needs a line. */
  #send(buffer: string, at: number): void {
    if (!isMiddleParam(buffer)) return;
    const key = fold(buffer);
    const pause = this.#pauses.get(key);
    if (pause !== undefined) pause.next = { buffer, at };
    else this.#sendNow(key, buffer, at);
  }

  #sendNow(key: Folded, buffer: string, at: number): void {
    const known = Math.max(findBuffer(this.#link.state, buffer)?.readUpTo ?? 0, this.#sent.get(key) ?? 0);
    if (at <= known) return;
    if (!this.#link.isOnline) return void this.#unsent.set(key, at);
    if (!this.hasMarkers) return;
    this.#sent.set(key, at);
    this.#link.sendSilently(`MARKREAD ${buffer} timestamp=${new Date(at).toISOString()}`);
    this.#pauses.set(key, { timer: setTimeout(() => this.#endPause(key), pauseMs) });
  }
}

function matchMarker(buffer: string): AnswerMatcher {
  return ({ command, params: [first = ""] }) =>
    (command === "MARKREAD" && fold(first) === fold(buffer)) || (command === "FAIL" && first === "MARKREAD")
      ? "last"
      : "other";
}

function markerIn(answer: readonly Message[]): number | undefined {
  const time = answer.find(({ command }) => command === "MARKREAD")?.params[1];
  if (time === undefined) return undefined;
  return Date.parse(time.replace(/^timestamp=/, "")) || 0;
}
