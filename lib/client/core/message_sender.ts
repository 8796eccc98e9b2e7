/**
 * Sends messages on one connection: composes the lines, sends them at a pace that the server accepts, and waits until
 * they have arrived. When the server sends no echoes, the answer to a PING after the lines shows that.
 */

import { deadlines } from "../../deadlines.ts";
import type { MessageToSend } from "./compose.ts";
import { compose } from "./compose.ts";
import type { ChatEvent } from "../state/event.ts";
import type { DeliveryResult } from "./unconfirmed_messages.ts";
import { UnconfirmedMessages } from "./unconfirmed_messages.ts";
import { SendPace } from "./send_pace.ts";
import type { State } from "../state/state.ts";

/** The parts of a sender. */
export interface MessageSenderParts {
  readonly send: (line: string) => void;
  readonly state: () => State;
  /** A label that no other request or message has. */
  readonly newLabel: () => string;
  /** A message was sent, and the server will not echo it. */
  readonly onSentWithoutEcho: (message: MessageToSend) => void;
  /** How long no sent message can be confirmed. @default {deadlines.echoMs} */
  readonly echoMs: () => number | undefined;
}

/** The sender of one connection. */
export class MessageSender {
  readonly #parts: MessageSenderParts;
  readonly #unconfirmed = new UnconfirmedMessages();
  readonly #pace: SendPace;
  /** The number of unconfirmed messages when the last PING was sent; 0 when no PONG is expected. */
  #awaitingPong = 0;
  /** When a message was sent or confirmed last. */
  #progressAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: MessageSenderParts) {
    this.#parts = parts;
    this.#pace = new SendPace(parts.send);
  }

  /** Sends a message; resolves once the result of all its parts is known. */
  async sendMessage(message: MessageToSend): Promise<DeliveryResult> {
    const state = this.#parts.state();
    const parts = compose(state, message, this.#parts.newLabel);
    const echo = state.caps.has("echo-message");
    const deliveries = parts.map(({ lines, text, label }) => {
      for (const line of lines) this.#send(line);
      const delivery = this.#unconfirmed.add({
        label: echo ? label : undefined,
        target: message.target,
        text,
        isNotice: message.manner === "notice",
      });
      if (!echo) this.#parts.onSentWithoutEcho({ ...message, text });
      return delivery;
    });
    if (!echo) this.#sendPing();
    this.#progressAt = performance.now();
    this.#watch();
    const known = await Promise.all(deliveries);
    const failed = known.find(({ kind }) => kind !== "delivered");
    if (failed === undefined || failed.kind === "delivered") return { kind: "delivered" };
    // Only what did not arrive can be sent again.
    const unsent = parts.filter((_, at) => known[at]?.kind !== "delivered").map(({ text }) => text);
    return parts.length === 1 ? failed : { ...failed, unsent };
  }

  /** An event can confirm or refuse a message. */
  onEvent(event: ChatEvent, label: string | undefined): void {
    if (event.kind === "said" && event.own) this.#unconfirmed.onEcho(label, event.to, event.text);
    if (event.kind === "refused") this.#unconfirmed.onRefusal(event);
    if (event.kind === "said" ? event.own : event.kind === "refused") this.#progressAt = performance.now();
  }

  /** The server accepted the line with this label; returns the target of a notice that it dropped. */
  onAck(label: string | undefined): string | undefined {
    return this.#unconfirmed.onAck(label);
  }

  /** A PONG, perhaps for our PING. */
  onPong(token: string): void {
    if (token !== "settle") return;
    this.#unconfirmed.onArrived(this.#awaitingPong);
    this.#awaitingPong = 0;
    this.#sendPing();
  }

  /** The connection has ended. */
  onDisconnect(reason: string): void {
    this.#unconfirmed.giveUp(reason);
    this.#pace.close();
    clearTimeout(this.#timer);
  }

  /** A server can answer every PING, and never say what became of a message. */
  #watch(): void {
    if (this.#timer !== undefined) return;
    const limitMs = this.#parts.echoMs() ?? deadlines.echoMs;
    const leftMs = this.#pace.isBusy ? limitMs : this.#progressAt + limitMs - performance.now();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#unconfirmed.size === 0) return;
      if (this.#pace.isBusy || performance.now() - this.#progressAt < limitMs) return this.#watch();
      this.#unconfirmed.giveUp("The server did not confirm it", { isOnline: true });
      this.#awaitingPong = 0;
    }, leftMs);
  }

  #send(line: string): void {
    const { isupport } = this.#parts.state();
    this.#pace.send(line, isupport.has("SAFERATE") || isupport.has("soju.im/SAFERATE"));
  }

  #sendPing(): void {
    if (this.#awaitingPong > 0 || this.#unconfirmed.size === 0) return;
    this.#awaitingPong = this.#unconfirmed.size;
    this.#send("PING settle");
  }
}
