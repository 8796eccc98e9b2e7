/**
 * What a server sends on one connection, sorted: lines become messages, batches are put together, answers go to who
 * asked. The rest is handed on in its order, each message with the way it came.
 */

import type { Message } from "../../irc/message.ts";
import { parse } from "../../irc/message.ts";
import type { Batch } from "./batches.ts";
import { answerOf, Batches, isBatch, joinLines } from "./batches.ts";
import type { Until } from "./requests.ts";
import { Requests } from "./requests.ts";

/** How a message came. */
export interface Origin {
  readonly history: boolean;
  readonly label: string | undefined;
  /** Somebody waits for this answer and will show it, so replies in it are no events. */
  readonly requested: boolean;
}

/** Sorts for one connection. */
export class Incoming {
  readonly #take: (message: Message, origin: Origin) => void;
  readonly #batches = new Batches();
  readonly #requests = new Requests();

  constructor(take: (message: Message, origin: Origin) => void) {
    this.#take = take;
  }

  line(line: string): void {
    const message = parse(line);
    if (message === undefined) return;
    const item = this.#batches.take(message);
    if (item !== undefined) this.#item(item, { history: false, label: item.tags.get("label") });
  }

  /** The answer to what is sent with this label; rejects when the connection is lost or nothing comes. */
  answer(label: string | undefined, until: Until): Promise<readonly Message[]> {
    return this.#requests.ask(label, until);
  }

  /** Nothing will come any more. */
  lost(reason: string): void {
    this.#requests.lost(reason);
  }

  #item(item: Message | Batch, origin: Omit<Origin, "requested">): void {
    if (!isBatch(item)) {
      return this.#take(item, { ...origin, requested: this.#isRequested(item, origin.label) });
    }
    const label = item.tags.get("label") ?? origin.label;
    if (item.type === "draft/multiline") {
      const whole = joinLines(item);
      if (whole !== undefined) this.#take(whole, { ...origin, label, requested: false });
      return;
    }
    const requested = label !== undefined && this.#requests.answered(label, answerOf(item));
    // The past goes to who asked for it; without labels nobody can tell who that was.
    if (requested && isPast(item)) return;
    const history = origin.history || item.type === "chathistory";
    for (const one of item.items) {
      if (isBatch(one)) this.#item(one, { history, label });
      else this.#take(one, { history, label, requested });
    }
  }

  #isRequested(message: Message, label: string | undefined): boolean {
    if (label === undefined) return this.#requests.takes(message);
    return this.#requests.answered(label, message.command === "ACK" ? [] : [message]);
  }
}

/** Messages from before, in a batch or in an answer that is one. */
function isPast(batch: Batch): boolean {
  if (batch.type === "chathistory" || batch.type === "soju.im/search") return true;
  const [inner] = batch.items;
  return batch.type === "labeled-response" && inner !== undefined && isBatch(inner) && isPast(inner);
}
