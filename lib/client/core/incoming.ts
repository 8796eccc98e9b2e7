/**
 * Sorts the lines of one connection: it parses them, collects batches, and gives answers to their requests. All other
 * messages are passed on in order, each with its origin.
 */

import type { Message } from "../../irc/message.ts";
import { parse } from "../../irc/message.ts";
import type { Batch } from "./batches.ts";
import { answerOf, Batches, isBatch, joinMultiline } from "./batches.ts";
import type { Until } from "./requests.ts";
import { Requests } from "./requests.ts";

/** Where a message comes from. */
export interface Origin {
  readonly history: boolean;
  readonly label: string | undefined;
  /** It answers a request, which shows it, so replies in it are not events. */
  readonly requested: boolean;
}

/** The incoming lines of one connection. */
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

  /** The answer to the line with this label; rejects when the connection is lost or no answer comes. */
  answer(label: string | undefined, until: Until): Promise<readonly Message[]> {
    return this.#requests.ask(label, until);
  }

  /** The connection has ended. */
  lost(reason: string): void {
    this.#requests.lost(reason);
  }

  #item(item: Message | Batch, origin: Omit<Origin, "requested">): void {
    if (!isBatch(item)) {
      return this.#take(item, { ...origin, requested: this.#isRequested(item, origin.label) });
    }
    const label = item.tags.get("label") ?? origin.label;
    if (item.type === "draft/multiline") {
      const whole = joinMultiline(item);
      if (whole !== undefined) this.#take(whole, { ...origin, label, requested: false });
      return;
    }
    const requested = label !== undefined && this.#requests.answered(label, answerOf(item));
    // Only the request gets it. Without labels it is unknown which request it answers.
    if (requested && isHistory(item)) return;
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

/** Whether a batch, or the batch inside an answer, is a page of the history. */
function isHistory(batch: Batch): boolean {
  if (batch.type === "chathistory" || batch.type === "soju.im/search") return true;
  const [inner] = batch.items;
  return batch.type === "labeled-response" && inner !== undefined && isBatch(inner) && isHistory(inner);
}
