/**
 * Runs the client in a pipe: sends each line of the input as a message, and prints the messages of others. It ends when
 * the input has ended and the server has confirmed all messages. Messages and answers to commands go to `out`; other
 * events and errors go to `err`.
 */

import type { ClientOptions } from "../core/client_options.ts";
import { Client } from "../core/client.ts";
import type { ChatEvent, Manner, Said } from "../state/event.ts";
import type { CommandUi } from "../slash/command_ui.ts";
import { ActionError } from "../state/action_error.ts";
import type { Span } from "../text/formatting.ts";
import type { DeliveryResult } from "../core/unconfirmed_messages.ts";
import { plain } from "../text/plain.ts";
import { statusWords } from "../text/sentences.ts";
import { expectsPassword, runInput } from "../slash/slash.ts";
import { isChannel } from "../state/state.ts";
import { spanText } from "../text/style_text.ts";
import { jsonLine } from "./json.ts";
import type { Appearance } from "../terminal/appearance.ts";
import { paint } from "../terminal/paint.ts";
import type { Timestamps, TranscriptLine } from "../terminal/event_rows.ts";
import { eventLine, lineRows, saidLine } from "../terminal/event_rows.ts";

/** Everything a pipe needs. */
export interface PipeParts {
  readonly client: Omit<ClientOptions, "onEvent">;
  /** The lines to send. */
  readonly input: AsyncIterable<string>;
  /** Each takes one line, without its end. */
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly appearance: Appearance;
  readonly timestamps: Timestamps;
  /** No /quote. @default {false} */
  readonly restricted?: boolean;
  /** Prints messages as JSON. @default {false} */
  readonly json?: boolean;
}

/** How a pipe or a job ended. */
export type StreamOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "refused" }
  | { readonly kind: "nick refused" }
  | { readonly kind: "login refused"; readonly name: string; readonly reason: string }
  | { readonly kind: "not admitted"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string }
  /** The output cannot be written, as on a full disk. */
  | { readonly kind: "not written"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly error: unknown };

/** The number of unconfirmed messages at a time. More would only wait at the server. */
const maxUnconfirmed = 20;

/** One pipe. */
export class Pipe implements CommandUi {
  readonly client: Client;
  activeBuffer = "";
  readonly hints: readonly string[] = [];
  readonly restricted: boolean;
  readonly #parts: PipeParts;
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<StreamOutcome>();
  readonly #unconfirmed = new Set<Promise<void>>();
  #refused = false;
  /** The words of /quit; the lines after it are not read. */
  #quitReason: string | undefined;

  constructor(parts: PipeParts) {
    this.#parts = parts;
    this.restricted = parts.restricted === true;
    this.client = new Client({
      ...parts.client,
      onEvent: (event) => this.#onEvent(event),
      onFault: (sentence) => this.#warn(plain(sentence)),
    });
  }

  /** Resolves when all is sent, or when no more can be sent. */
  async run(): Promise<StreamOutcome> {
    const running = this.client.run().then((ending): StreamOutcome => {
      if (ending.kind === "unreachable") return ending;
      return ending.kind === "refused" ? { kind: "not admitted", reason: ending.reason } : { kind: "done" };
    });
    this.#sendAll();
    const outcome = await Promise.race([running, this.#ended.promise]);
    this.client.quit(this.#quitReason);
    await running;
    return outcome.kind === "done" && this.#refused ? { kind: "refused" } : outcome;
  }

  target(): string {
    if (this.activeBuffer === "") {
      throw new ActionError("You have not joined a channel: use --channel or an address with #CHANNEL");
    }
    return this.activeBuffer;
  }

  send(target: string, manner: Manner, text: string, replyTo?: string): void {
    const message = { target, manner, text, ...(replyTo !== undefined && { replyTo }) };
    const delivery = this.client.sendMessage(message).then((result) => this.#onDelivery(result, text))
      .finally(() => this.#unconfirmed.delete(delivery));
    this.#unconfirmed.add(delivery);
  }

  show(name: string): void {
    this.activeBuffer = name;
  }

  onBufferClosed(name: string): void {
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

  quit(reason: string): void {
    this.#quitReason = reason;
  }

  async #sendAll(): Promise<void> {
    await this.#ready.promise;
    for await (const line of this.#parts.input) {
      if (line.trim() === "") continue;
      try {
        await runInput(this, line);
      } catch (error) {
        this.#warn(plain(error instanceof Error ? error.message : String(error)));
        if (expectsPassword(line)) {
          this.#parts.err(
            "The next lines are not sent, in case they are a password: log in with --password-file",
          );
          break;
        }
      }
      if (this.#quitReason !== undefined) break;
      while (this.#unconfirmed.size >= maxUnconfirmed) await Promise.race(this.#unconfirmed);
    }
    while (this.#unconfirmed.size > 0) await Promise.all(this.#unconfirmed);
    this.#ended.resolve({ kind: "done" });
  }

  #onDelivery(delivery: DeliveryResult, text: string): void {
    if (delivery.kind === "unsure") this.#warn(`The server did not confirm this message: ${plain(text)}`);
    if (delivery.kind !== "refused") return;
    this.#refused = true;
    // The reason of the server is printed already.
    if (!this.client.isOnline) this.#warn(`Not sent: ${plain(text)} (${plain(delivery.reason)})`);
  }

  #onEvent(event: ChatEvent): void {
    const { state } = this.client;
    if (event.kind === "said") return this.#printSaid(event);
    // Other devices of the person can be in other channels.
    if (event.kind === "joined" && event.own && this.client.hasAskedFor(event.buffer)) {
      this.activeBuffer ||= event.buffer;
      this.#ready.resolve();
    }
    if (event.kind === "renamed" && event.who.nick.toLowerCase() === this.activeBuffer.toLowerCase()) {
      this.activeBuffer = event.to;
    }
    if (event.kind === "refused") return this.#onRefusal(event.target, event.text);
    if (event.kind === "status") {
      if (event.status === "nick replaced") this.#parts.err(statusWords(event));
      if (event.status === "nick refused") {
        this.#parts.err(plain(event.reason));
        this.#ended.resolve({ kind: "nick refused" });
      }
      if (event.status === "login refused") {
        this.#ended.resolve({ kind: "login refused", name: event.name, reason: event.reason });
      }
      if (event.status === "lost") this.#ended.resolve({ kind: "lost", reason: event.reason });
      if (event.status === "ready" && (this.#parts.client.channels ?? []).length === 0) this.#ready.resolve();
      return;
    }
    const line = eventLine(state, event, this.activeBuffer);
    if (line !== undefined) this.#print(line, this.#parts.err);
  }

  /** Without a channel there is nothing to do. */
  #onRefusal(target: string, text: string): void {
    this.#warn(plain(text));
    if (this.activeBuffer === "" && isChannel(this.client.state, target)) {
      this.#ended.resolve({ kind: "refused" });
    }
  }

  #warn(text: string): void {
    this.#refused = true;
    this.#parts.err(text);
  }

  #printSaid(event: ChatEvent & Said): void {
    if (this.#parts.json) return this.#parts.out(jsonLine(event));
    this.#print({ ...saidLine(this.client.state, event, this.activeBuffer), symbol: "" }, this.#parts.out);
  }

  #print(line: TranscriptLine, to: (line: string) => void): void {
    const { appearance, timestamps } = this.#parts;
    // The later lines of a message are indented, so that they never look like another message.
    for (const row of lineRows(line, timestamps, undefined)) {
      to(paint(row, appearance).replaceAll("\n", "\n  "));
    }
  }
}
