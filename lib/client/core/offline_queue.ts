/** What was typed while it could not be sent: kept in order, to go out later or to be refused. */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { Speech } from "./compose.ts";
import type { Delivery } from "./outbox.ts";

interface Kept {
  readonly speech: Speech;
  readonly settle: (delivery: Delivery) => void;
}

/** Words that wait for a connection, or for a room to be joined. */
export class OfflineQueue {
  #kept: Kept[] = [];

  /** Resolves once it is known what became of it. */
  put(speech: Speech): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    this.#kept.push({ speech, settle: resolve });
    return promise;
  }

  /** Speaks all that may go now. */
  release(mayGo: (speech: Speech) => boolean, speak: (speech: Speech) => Promise<Delivery>): void {
    for (const { speech, settle } of this.#take(mayGo)) speak(speech).then(settle);
  }

  /** What waits for this target will never go out; without a target, nothing will. */
  refuse(reason: string, target?: Folded): void {
    const gone = this.#take((speech) => target === undefined || fold(speech.target) === target);
    for (const { settle } of gone) settle({ kind: "refused", reason });
  }

  #take(wanted: (speech: Speech) => boolean): Kept[] {
    const taken = this.#kept.filter(({ speech }) => wanted(speech));
    this.#kept = this.#kept.filter((one) => !taken.includes(one));
    return taken;
  }
}
