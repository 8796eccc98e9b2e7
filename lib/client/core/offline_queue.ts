/**
 * Messages that wait for a connection, or until a channel is joined. They keep their order. message_delivery.ts decides
 * which message waits and when it is sent.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import type { DeliveryResult } from "./unconfirmed_messages.ts";

interface QueuedMessage {
  readonly message: OutgoingMessage;
  readonly settle: (delivery: DeliveryResult) => void;
}

/** The queue of one client. */
export class OfflineQueue {
  #queued: QueuedMessage[] = [];

  /** Resolves once the result is known. */
  add(message: OutgoingMessage): Promise<DeliveryResult> {
    const { promise, resolve } = Promise.withResolvers<DeliveryResult>();
    this.#queued.push({ message, settle: resolve });
    return promise;
  }

  /** Sends every message that can go now. */
  flush(
    isSendable: (message: OutgoingMessage) => boolean,
    send: (message: OutgoingMessage) => Promise<DeliveryResult>,
  ): void {
    for (const { message, settle } of this.#take(isSendable)) send(message).then(settle);
  }

  /** Refuses the messages for a target; without a target, all messages. */
  refuse(reason: string, target?: Folded): void {
    const refused = this.#take((message) => target === undefined || fold(message.target) === target);
    for (const { settle } of refused) settle({ kind: "refused", reason });
  }

  #take(isWanted: (message: OutgoingMessage) => boolean): QueuedMessage[] {
    const removed = this.#queued.filter(({ message }) => isWanted(message));
    this.#queued = this.#queued.filter((one) => !removed.includes(one));
    return removed;
  }
}
