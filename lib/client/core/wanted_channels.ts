/**
 * The channels to join after every connect, with their keys, until we leave them. A channel that refuses us stays, when
 * it was wanted from the start or we have been in it: it can be full for a moment, or need another key.
 */

import { deadlines } from "../../deadlines.ts";
import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { EventBody, ModeLetterChange } from "../state/event.ts";
import { findBuffer, type State } from "../state/state.ts";

/** A channel and its key, "" for none. */
export interface WantedChannel {
  readonly name: string;
  readonly key: string;
  /** A refusal does not remove it. */
  readonly isKept: boolean;
  /** It refused us on this connection. */
  readonly isRefused: boolean;
  /** This client asked to join it. Otherwise another device of the person did, or the server. */
  readonly isAsked: boolean;
}

/** The wanted channels of one client. */
export class WantedChannels {
  readonly #channels = new Map<Folded, WantedChannel>();
  /** The last known keys, of channels that we have left too: a person can come back without writing the key again. */
  readonly #keys = new Map<Folded, string>();

  /** Each is a name, or a name, a space and a key. */
  constructor(written: readonly string[]) {
    for (const channel of written) {
      const [name = "", key = ""] = channel.split(" ");
      this.ask(name, key);
      this.#change(name, { isKept: true });
    }
  }

  /** This client asks to join a channel; without a key, the last known one is its key. Returns the key. */
  ask(name: string, written: string): string {
    const key = this.#add(name, written);
    this.#change(name, { isAsked: true });
    return key;
  }

  #add(name: string, written: string): string {
    const old = this.#channels.get(fold(name));
    const key = written || old?.key || this.#keys.get(fold(name)) || "";
    const { isKept = false, isAsked = false } = old ?? {};
    this.#channels.set(fold(name), { name, key, isKept, isRefused: false, isAsked });
    return key;
  }

  /** We have joined it under this name, so its key is right. */
  onJoined(name: string): void {
    this.#keys.set(fold(name), this.#add(name, ""));
    this.#change(name, { isKept: true });
  }

  /** Somebody changed the key. Some servers show it as "*" to others. */
  onMode(name: string, changes: readonly ModeLetterChange[]): void {
    for (const { added, letter, argument = "" } of changes) {
      if (letter !== "k" || argument === "*" && added) continue;
      const key = added ? argument : "";
      this.#keys.set(fold(name), key);
      this.#change(name, { key });
    }
  }

  /** The channel does not let us in. */
  onRefused(name: string): void {
    if (this.#channels.get(fold(name))?.isKept) this.#change(name, { isRefused: true });
    else this.remove(name);
  }

  /** Whether we are in it, or expect to be. */
  has(name: string): boolean {
    return this.#channels.get(fold(name))?.isRefused === false;
  }

  /** Whether this client asked to join it. */
  isAsked(name: string): boolean {
    return this.#channels.get(fold(name))?.isAsked === true;
  }

  /** Whether a refusal does not remove it. */
  isKept(name: string): boolean {
    return this.#channels.get(fold(name))?.isKept === true;
  }

  remove(name: string): void {
    this.#channels.delete(fold(name));
  }

  /** All of them, to ask for them on a new connection. Those that refused us get another chance. */
  askAgain(): readonly WantedChannel[] {
    for (const { name } of this.all()) this.#change(name, { isRefused: false });
    return this.all();
  }

  /** All of them, those that refused us too. */
  all(): readonly WantedChannel[] {
    return [...this.#channels.values()];
  }

  /** Those that have not refused us. */
  get names(): readonly string[] {
    return this.all().filter(({ isRefused }) => !isRefused).map(({ name }) => name);
  }

  #change(name: string, change: Partial<WantedChannel>): void {
    const found = this.#channels.get(fold(name));
    if (found !== undefined) this.#channels.set(fold(name), { ...found, ...change });
  }
}

/** The parts that a JoinSender uses. */
export interface JoinSenderParts {
  readonly wanted: WantedChannels;
  readonly link: { readonly state: State; send(line: string): boolean };
  /** Called with a refusal for each of them, when no JOIN is answered for a time. */
  readonly onLate: (event: EventBody) => void;
  /** @default {deadlines.requestMs} */
  readonly limitMs: number | undefined;
}

/** Sends JOIN, and ends the wait for its answers. A server that answers each PING can still leave a JOIN without an answer. */
export class JoinSender {
  readonly #parts: JoinSenderParts;
  /** Lines that were sent before the registration was complete. */
  readonly #early = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: JoinSenderParts) {
    this.#parts = parts;
  }

  /** The channels whose JOIN has no answer yet. */
  get pending(): readonly string[] {
    const { wanted, link } = this.#parts;
    return wanted.names.filter((name) => wanted.isAsked(name) && !findBuffer(link.state, name)?.joined);
  }

  send(name: string, key: string): void {
    this.#parts.link.send(joinLine(name, key));
    this.restart();
  }

  /** Sends it for all channels behind the registration, whose answers are still to come. */
  sendEarly(): void {
    for (const { name, key } of this.#parts.wanted.all()) {
      const line = joinLine(name, key);
      this.#early.add(line);
      this.#parts.link.send(line);
    }
  }

  /** The server takes no JOIN yet. */
  onTooEarly(): void {
    this.#early.clear();
  }

  /** The registration is complete: sends it for all channels whose JOIN is not on the way. */
  sendAll(): void {
    for (const { name, key } of this.#parts.wanted.askAgain()) {
      const line = joinLine(name, key);
      if (!this.#early.has(line)) this.#parts.link.send(line);
    }
    this.#early.clear();
    this.restart();
  }

  /** Call it when a JOIN is sent and when one is answered: a server can hold back many of them against floods. */
  restart(): void {
    clearTimeout(this.#timer);
    const { onLate, limitMs = deadlines.requestMs } = this.#parts;
    if (this.pending.length === 0) return;
    this.#timer = setTimeout(() => {
      for (const target of this.pending) {
        onLate({
          kind: "refused",
          code: "",
          target,
          text: `Cannot join ${target}: the server did not answer`,
        });
      }
    }, limitMs);
  }

  /** The connection has ended. */
  stop(): void {
    this.#early.clear();
    clearTimeout(this.#timer);
  }
}

function joinLine(name: string, key: string): string {
  return `JOIN ${name} ${key}`.trimEnd();
}
