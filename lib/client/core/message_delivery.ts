/**
 * Sends an outgoing message to the server now, or puts it into the offline queue until there is a connection and we
 * have joined its channel. While the connection can be dead, messages wait too: only a message that was never written
 * to a connection is sent automatically after a reconnect.
 */

import { fold } from "../../irc/names.ts";
import { ActionError } from "../state/action_error.ts";
import type { MessageToSend } from "./compose.ts";
import type { ClientSession } from "./client_session.ts";
import { OfflineQueue } from "./offline_queue.ts";
import type { OutboxParts } from "./outbox.ts";
import { notConfirmed, Outbox } from "./outbox.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import type { DeliveryResult } from "./unconfirmed_messages.ts";
import { isMiddleParam } from "./server_link.ts";
import { findBuffer, isChannel } from "../state/state.ts";
import type { WantedChannels } from "./wanted_channels.ts";

/** The needs of the delivery. */
export interface MessageDeliveryParts extends OutboxParts {
  readonly wanted: WantedChannels;
  /** Whether we have quit, so there will be no other connection. */
  readonly isLeaving: () => boolean;
}

const unknownResult = "the connection was lost, and it is not known whether it arrived";

/** One client's outgoing messages. */
export class MessageDelivery {
  readonly #parts: MessageDeliveryParts;
  readonly #queue = new OfflineQueue();
  readonly outbox: Outbox;

  constructor(parts: MessageDeliveryParts) {
    this.#parts = parts;
    this.outbox = new Outbox(parts);
  }

  /**
   * Sends a message to a channel or a person. Resolves once the result is known, and never rejects. Throws an
   * ActionError when the target is not a valid name.
   */
  send(message: MessageToSend): Promise<DeliveryResult> {
    if (!isMiddleParam(message.target)) {
      throw new ActionError(`Cannot send to "${message.target}": a name is one word`);
    }
    const { outbox } = this;
    const { link: { session }, isLeaving } = this.#parts;
    const outgoing = outbox.add(message);
    const result: Promise<DeliveryResult> =
      session?.isReady && this.#isSendable(message) && !session.isDoubtful()
        ? this.#sendNow(session, outgoing)
        : isLeaving()
        ? Promise.resolve({ kind: "refused", reason: "Already leaving" })
        : this.#queue.add(outgoing);
    return result.then((known) => {
      outbox.onResult(outgoing.key, known);
      // After a lost connection the client does this when it is back.
      if (known.kind === "unsure" && known.isOnline) void outbox.check(message.target, notConfirmed);
      return known;
    });
  }

  /** Sends an unsent message again. */
  retry(key: string): void {
    const { link: { state } } = this.#parts;
    const found = state.outgoing.find((message) => message.key === key && message.status === "unsent");
    if (found === undefined) return;
    const { target, manner, text, replyTo } = found;
    this.outbox.discard(key);
    void this.send({ target, manner, text, ...(replyTo !== undefined && { replyTo }) });
  }

  #sendNow(session: ClientSession, message: OutgoingMessage): Promise<DeliveryResult> {
    this.outbox.onSending(message.key);
    return session.sendMessage(message);
  }

  /** Sends everything in the queue that can go now. */
  flush(): void {
    const { session } = this.#parts.link;
    if (session === undefined || session.isDoubtful()) return;
    this.#queue.flush((message) => this.#isSendable(message), (message) => this.#sendNow(session, message));
  }

  /** The server does not let us into a channel: its queued messages are refused. */
  onChannelRefused(target: string, reason: string): void {
    const { link, wanted } = this.#parts;
    if (!wanted.has(target) || findBuffer(link.state, target)?.joined) return;
    wanted.onRefused(target);
    this.#queue.refuse(reason, fold(target));
    this.outbox.giveUp(unknownResult, target);
  }

  /** Refuses all queued messages, because there will be no other connection. */
  refuseAll(reason: string): void {
    this.#queue.refuse(reason);
    this.outbox.giveUp(unknownResult);
  }

  /** A message to a wanted channel waits until we have joined it. */
  #isSendable({ target }: MessageToSend): boolean {
    const { link: { state }, wanted } = this.#parts;
    const waits = isChannel(state, target) && wanted.has(target);
    return !waits || findBuffer(state, target)?.joined === true;
  }
}
