/**
 * The face without a terminal: each line of the input is said, what others say is printed, and the program ends when
 * the input has ended and everything said has come back. Words of people and answers to commands go to `out`; what
 * happens besides, and what went wrong, to `err`.
 */

import type { ClientOptions } from "../core/client_options.ts";
import { Client } from "../core/client.ts";
import type { ChatEvent, Manner, Said } from "../core/event.ts";
import type { Face } from "../slash/face.ts";
import { ActionError } from "../core/action_error.ts";
import type { Span } from "../text/formatting.ts";
import type { Delivery } from "../core/outbox.ts";
import { plain } from "../text/plain.ts";
import { enter, expectsPassword } from "../slash/slash.ts";
import { isChannel } from "../core/state.ts";
import { spanText } from "../text/text.ts";
import { jsonLine } from "./json.ts";
import type { Look } from "../terminal/paint.ts";
import { paint } from "../terminal/paint.ts";
import type { Line, Timestamps } from "../terminal/event_rows.ts";
import { eventLine, lineRows, saidLine } from "../terminal/event_rows.ts";

/** What a pipe is made of. */
export interface PipeParts {
  readonly client: Omit<ClientOptions, "onEvent">;
  /** Lines to say. */
  readonly input: AsyncIterable<string>;
  /** Each takes one line, without its end. */
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly look: Look;
  readonly timestamps: Timestamps;
  /** No /quote. @default {false} */
  readonly restricted?: boolean;
  /** What is said is printed as JSON. @default {false} */
  readonly json?: boolean;
}

/** How it went: all said and come back, something refused, or no server. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "refused" }
  | { readonly kind: "bad name" }
  | { readonly kind: "login refused"; readonly name: string; readonly reason: string }
  | { readonly kind: "not let in"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly error: unknown };

/** So many lines may be under way at a time: more would only wait at the server. */
const maxUnderWay = 20;

/** Nobody at a terminal. */
export class Pipe implements Face {
  readonly client: Client;
  activeBuffer = "";
  readonly hints: readonly string[] = [];
  readonly restricted: boolean;
  readonly #parts: PipeParts;
  readonly #ready = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<Outcome>();
  readonly #underWay = new Set<Promise<void>>();
  #refused = false;

  constructor(parts: PipeParts) {
    this.#parts = parts;
    this.restricted = parts.restricted === true;
    this.client = new Client({ ...parts.client, onEvent: (event) => this.#hear(event) });
  }

  /** Resolves when all is said, or nothing more can be. */
  async run(): Promise<Outcome> {
    const running = this.client.run().then((ending): Outcome => {
      if (ending.kind === "unreachable") return ending;
      return ending.kind === "refused" ? { kind: "not let in", reason: ending.reason } : { kind: "done" };
    });
    this.#sayAll();
    const outcome = await Promise.race([running, this.#over.promise]);
    this.client.quit();
    await running;
    return outcome.kind === "done" && this.#refused ? { kind: "refused" } : outcome;
  }

  target(): string {
    if (this.activeBuffer === "") throw new ActionError("Not in a room");
    return this.activeBuffer;
  }

  say(target: string, manner: Manner, text: string, replyTo?: string): void {
    const speech = { target, manner, text, ...(replyTo !== undefined && { replyTo }) };
    const way = this.client.say(speech).then((delivery) => this.#settled(delivery, text))
      .finally(() => this.#underWay.delete(way));
    this.#underWay.add(way);
  }

  show(name: string): void {
    this.activeBuffer = name;
  }

  closed(name: string): void {
    if (this.activeBuffer === name) this.activeBuffer = "";
  }

  note(words: string | readonly Span[], kind?: "title" | "warning"): void {
    const text = typeof words === "string" ? words : spanText(words);
    if (kind === "warning") this.#warn(text);
    else this.#parts.out(text);
  }

  showHistory(title: string, events: readonly ChatEvent[]): void {
    this.#parts.err(title);
    for (const event of events) if (event.kind === "said") this.#printSaid(event);
  }

  clear(): void {}

  leave(): void {
    this.#over.resolve({ kind: "done" });
  }

  async #sayAll(): Promise<void> {
    await this.#ready.promise;
    for await (const line of this.#parts.input) {
      if (line.trim() === "") continue;
      try {
        await enter(this, line);
      } catch (error) {
        this.#warn(plain(error instanceof Error ? error.message : String(error)));
        if (expectsPassword(line)) {
          this.#parts.err("What follows is not said, as it may be a password: log in with --password-file");
          break;
        }
      }
      while (this.#underWay.size >= maxUnderWay) await Promise.race(this.#underWay);
    }
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    this.#over.resolve({ kind: "done" });
  }

  #settled(delivery: Delivery, text: string): void {
    if (delivery.kind === "unsure") this.#warn(`This may not have arrived: ${plain(text)}`);
    if (delivery.kind === "refused") this.#refused = true;
  }

  #hear(event: ChatEvent): void {
    const { state } = this.client;
    if (event.kind === "said") return this.#printSaid(event);
    if (event.kind === "joined" && event.own) {
      this.activeBuffer ||= event.buffer;
      this.#ready.resolve();
    }
    if (event.kind === "refused") return this.#hearRefusal(event.target, event.text);
    if (event.kind === "status") {
      if (event.status === "nick refused") {
        this.#parts.err(plain(event.reason));
        this.#over.resolve({ kind: "bad name" });
      }
      if (event.status === "login refused") {
        this.#over.resolve({ kind: "login refused", name: event.name, reason: event.reason });
      }
      if (event.status === "lost") this.#over.resolve({ kind: "lost", reason: event.reason });
      if (event.status === "ready" && (this.#parts.client.channels ?? []).length === 0) this.#ready.resolve();
      return;
    }
    const line = eventLine(state, event, this.activeBuffer);
    if (line !== undefined) this.#print(line, this.#parts.err);
  }

  /** Without a room to be in there is nothing to do. */
  #hearRefusal(target: string, text: string): void {
    this.#warn(plain(text));
    if (this.activeBuffer === "" && isChannel(this.client.state, target)) {
      this.#over.resolve({ kind: "refused" });
    }
  }

  #warn(text: string): void {
    this.#refused = true;
    this.#parts.err(text);
  }

  #printSaid(event: ChatEvent & Said): void {
    if (this.#parts.json) return this.#parts.out(jsonLine(event));
    this.#print({ ...saidLine(this.client.state, event, this.activeBuffer), mark: "" }, this.#parts.out);
  }

  #print(line: Line, to: (line: string) => void): void {
    const { look, timestamps } = this.#parts;
    // A message of several lines goes on indented, so that it never looks like two.
    for (const row of lineRows(line, timestamps, undefined)) to(paint(row, look).replaceAll("\n", "\n  "));
  }
}
