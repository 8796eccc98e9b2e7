/** What was typed while it could not be sent: kept in order, to go out later or to be refused. */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { OutgoingMessage } from "./compose.ts";
import type { Delivery } from "./outbox.ts";

interface QueuedMessage {
  readonly speech: OutgoingMessage;
  readonly settle: (delivery: Delivery) => void;
}

/** Words that wait for a connection, or for a room to be joined. */
export class OfflineQueue {
  #kept: QueuedMessage[] = [];

  /** Resolves once it is known what became of it. */
  add(speech: OutgoingMessage): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    this.#kept.push({ speech, settle: resolve });
    return promise;
  }

  /** Speaks all that may go now. */
  flush(
    mayGo: (speech: OutgoingMessage) => boolean,
    speak: (speech: OutgoingMessage) => Promise<Delivery>,
  ): void {
    for (const { speech, settle } of this.#take(mayGo)) speak(speech).then(settle);
  }

  /** What waits for this target will never go out; without a target, nothing will. */
  refuse(reason: string, target?: Folded): void {
    const gone = this.#take((speech) => target === undefined || fold(speech.target) === target);
    for (const { settle } of gone) settle({ kind: "refused", reason });
  }

  #take(wanted: (speech: OutgoingMessage) => boolean): QueuedMessage[] {
    const taken = this.#kept.filter(({ speech }) => wanted(speech));
    this.#kept = this.#kept.filter((one) => !taken.includes(one));
    return taken;
  }
}
