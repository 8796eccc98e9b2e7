/** Messages that wait for a connection, or until a channel is joined. They keep their order. */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { OutgoingMessage } from "./compose.ts";
import type { Delivery } from "./outbox.ts";

interface QueuedMessage {
  readonly message: OutgoingMessage;
  readonly settle: (delivery: Delivery) => void;
}

/** The queue of one client. */
export class OfflineQueue {
  #queued: QueuedMessage[] = [];

  /** Resolves once the result is known. */
  add(message: OutgoingMessage): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    this.#queued.push({ message, settle: resolve });
    return promise;
  }

  /** Sends every message that can go now. */
  flush(
    isSendable: (message: OutgoingMessage) => boolean,
    send: (message: OutgoingMessage) => Promise<Delivery>,
  ): void {
    for (const { message, settle } of this.#take(isSendable)) send(message).then(settle);
  }

  /** Refuses the messages for a target; without a target, all messages. */
  refuse(reason: string, target?: Folded): void {
    const refused = this.#take((message) => target === undefined || fold(message.target) === target);
    for (const { settle } of refused) settle({ kind: "refused", reason });
  }

  #take(isWanted: (message: OutgoingMessage) => boolean): QueuedMessage[] {
    const taken = this.#queued.filter(({ message }) => isWanted(message));
    this.#queued = this.#queued.filter((one) => !taken.includes(one));
    return taken;
  }
}
