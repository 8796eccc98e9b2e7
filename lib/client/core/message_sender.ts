/**
 * Sends messages on one connection: composes the lines, sends them at a pace that the server accepts, and waits until
 * they have arrived. Without echoes, a PING after the lines shows that.
 */

import type { MessageToSend } from "./compose.ts";
import { compose } from "./compose.ts";
import type { ChatEvent } from "./event.ts";
import type { DeliveryResult } from "./outbox.ts";
import { Outbox } from "./outbox.ts";
import { SendPace } from "./send_pace.ts";
import type { State } from "./state.ts";

/** The parts of a sender. */
export interface MessageSenderParts {
  readonly send: (line: string) => void;
  readonly state: () => State;
  /** A label that no other request or message has. */
  readonly newLabel: () => string;
  /** A message was sent that the server will not echo. */
  readonly sentWithoutEcho: (message: MessageToSend) => void;
}

/** The sender of one connection. */
export class MessageSender {
  readonly #parts: MessageSenderParts;
  readonly #outbox = new Outbox();
  readonly #pace: SendPace;
  /** The size of the outbox when the last PING was sent; 0 when no PONG is expected. */
  #awaitingPong = 0;

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
      const delivery = this.#outbox.wait({ label: echo ? label : undefined, target: message.target, text });
      if (!echo) this.#parts.sentWithoutEcho({ ...message, text });
      return delivery;
    });
    if (!echo) this.#sendPing();
    const known = await Promise.all(deliveries);
    return known.find(({ kind }) => kind !== "delivered") ?? { kind: "delivered" };
  }

  /** An event can confirm or refuse a message. */
  onEvent(event: ChatEvent, label: string | undefined): void {
    if (event.kind === "said" && event.own) this.#outbox.onEcho(label, event.to, event.text);
    if (event.kind === "refused") this.#outbox.onRefusal(event);
  }

  /** The server accepted the line with this label. */
  onAck(label: string | undefined): void {
    this.#outbox.onEcho(label, "", "");
  }

  /** A PONG, perhaps for our PING. */
  onPong(token: string): void {
    if (token !== "settle") return;
    this.#outbox.onArrived(this.#awaitingPong);
    this.#awaitingPong = 0;
    this.#sendPing();
  }

  /** The connection has ended. */
  lost(reason: string): void {
    this.#outbox.lost(reason);
    this.#pace.close();
  }

  #send(line: string): void {
    const { isupport } = this.#parts.state();
    this.#pace.send(line, isupport.has("SAFERATE") || isupport.has("soju.im/SAFERATE"));
  }

  #sendPing(): void {
    if (this.#awaitingPong > 0 || this.#outbox.size === 0) return;
    this.#awaitingPong = this.#outbox.size;
    this.#send("PING settle");
  }
}
