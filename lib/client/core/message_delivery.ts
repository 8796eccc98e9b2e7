/**
 * Sends an outgoing message to the server now, or puts it into the offline queue until there is a connection and we
 * have joined its channel.
 */

import { fold } from "../../irc/names.ts";
import { ActionError } from "../state/action_error.ts";
import type { MessageToSend } from "./compose.ts";
import { OfflineQueue } from "./offline_queue.ts";
import type { DeliveryResult } from "./unconfirmed_messages.ts";
import type { ServerLink } from "./server_link.ts";
import { isMiddleParam } from "./server_link.ts";
import { findBuffer, isChannel } from "../state/state.ts";
import type { WantedChannels } from "./wanted_channels.ts";

/** The needs of the delivery. */
export interface MessageDeliveryParts {
  readonly link: ServerLink;
  readonly wanted: WantedChannels;
  /** Whether we have quit, so there will be no other connection. */
  readonly isLeaving: () => boolean;
  /** A message was put into the queue. */
  readonly onQueued: (message: MessageToSend) => void;
}

/** One client's outgoing messages. */
export class MessageDelivery {
  readonly #parts: MessageDeliveryParts;
  readonly #queue = new OfflineQueue();

  constructor(parts: MessageDeliveryParts) {
    this.#parts = parts;
  }

  /**
   * Sends a message to a channel or a person. Resolves once the result is known, and never rejects. Throws an
   * ActionError when the target is not a valid name.
   */
  send(message: MessageToSend): Promise<DeliveryResult> {
    if (!isMiddleParam(message.target)) {
      throw new ActionError(`Cannot send to "${message.target}": a name is one word`);
    }
    const { session } = this.#parts.link;
    if (session?.isReady && this.#isSendable(message)) return session.sendMessage(message);
    if (this.#parts.isLeaving()) return Promise.resolve({ kind: "refused", reason: "Already leaving" });
    this.#parts.onQueued(message);
    return this.#queue.add(message);
  }

  /** Sends everything in the queue that can go now. */
  flush(): void {
    const { session } = this.#parts.link;
    if (session === undefined) return;
    this.#queue.flush((message) => this.#isSendable(message), (message) => session.sendMessage(message));
  }

  /** The server does not let us into a channel: its queued messages are refused. */
  onChannelRefused(target: string, reason: string): void {
    const { link, wanted } = this.#parts;
    if (!wanted.has(target) || findBuffer(link.state, target)?.joined) return;
    wanted.onRefused(target);
    this.#queue.refuse(reason, fold(target));
  }

  /** Refuses all queued messages, because there will be no other connection. */
  refuseAll(reason: string): void {
    this.#queue.refuse(reason);
  }

  /** A message to a wanted channel waits until we have joined it. */
  #isSendable({ target }: MessageToSend): boolean {
    const { link: { state }, wanted } = this.#parts;
    const waits = isChannel(state, target) && wanted.has(target);
    return !waits || findBuffer(state, target)?.joined === true;
  }
}
