/**
 * What we say on one connection, on its way: composed into lines, sent at a pace the server bears, and followed until
 * it is known to have arrived. Where the server does not echo, a PING behind the lines tells that.
 */

import type { OutgoingMessage } from "./compose.ts";
import { compose } from "./compose.ts";
import type { ChatEvent } from "./event.ts";
import type { Delivery } from "./outbox.ts";
import { Outbox } from "./outbox.ts";
import { SendPace } from "./send_pace.ts";
import type { State } from "./state.ts";

/** What a speaker is made of. */
export interface MessageSenderParts {
  readonly send: (line: string) => void;
  readonly state: () => State;
  /** A label that no other question or message has. */
  readonly newLabel: () => string;
  /** Something was sent that no server will echo: it has happened here. */
  readonly sentWithoutEcho: (speech: OutgoingMessage) => void;
}

/** One connection's words. */
export class MessageSender {
  readonly #parts: MessageSenderParts;
  readonly #outbox = new Outbox();
  readonly #pace: SendPace;
  /** What the outbox held when the PING was sent whose PONG is awaited; 0 when none is. */
  #settling = 0;

  constructor(parts: MessageSenderParts) {
    this.#parts = parts;
    this.#pace = new SendPace(parts.send);
  }

  /** Says something; resolves once it is known what became of all of it. */
  async sendMessage(speech: OutgoingMessage): Promise<Delivery> {
    const state = this.#parts.state();
    const parcels = compose(state, speech, this.#parts.newLabel);
    const echo = state.caps.has("echo-message");
    const deliveries = parcels.map(({ lines, text, label }) => {
      for (const line of lines) this.#send(line);
      const awaited = this.#outbox.wait({ label: echo ? label : undefined, target: speech.target, text });
      if (!echo) this.#parts.sentWithoutEcho({ ...speech, text });
      return awaited;
    });
    if (!echo) this.#settle();
    const known = await Promise.all(deliveries);
    return known.find(({ kind }) => kind !== "delivered") ?? { kind: "delivered" };
  }

  /** Something happened that may tell what became of our words. */
  heard(event: ChatEvent, label: string | undefined): void {
    if (event.kind === "said" && event.own) this.#outbox.echoed(label, event.to, event.text);
    if (event.kind === "refused") this.#outbox.refused(event);
  }

  /** The server has taken what had this label, and says no more about it. */
  acknowledged(label: string | undefined): void {
    this.#outbox.echoed(label, "", "");
  }

  /** A PONG, which may be the answer to ours. */
  answered(token: string): void {
    if (token !== "settle") return;
    this.#outbox.arrived(this.#settling);
    this.#settling = 0;
    this.#settle();
  }

  /** The connection is gone. */
  lost(reason: string): void {
    this.#outbox.lost(reason);
    this.#pace.close();
  }

  #send(line: string): void {
    const { isupport } = this.#parts.state();
    this.#pace.send(line, isupport.has("SAFERATE") || isupport.has("soju.im/SAFERATE"));
  }

  #settle(): void {
    if (this.#settling > 0 || this.#outbox.size === 0) return;
    this.#settling = this.#outbox.size;
    this.#send("PING settle");
  }
}
