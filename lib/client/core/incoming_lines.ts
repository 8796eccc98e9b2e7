/**
 * Sorts the lines of one connection: it parses them, collects batches, and gives answers to their requests. It passes
 * all other messages to a function, in order, each with its origin.
 */

import type { Message } from "../../irc/message.ts";
import { parse } from "../../irc/message.ts";
import type { Batch } from "./batches.ts";
import { answerOf, Batches, isBatch, joinMultiline } from "./batches.ts";
import type { AnswerMatcher } from "./requests.ts";
import { Requests } from "./requests.ts";

/** The origin of a message. */
export interface Origin {
  readonly history: boolean;
  readonly label: string | undefined;
  /** It answers a request. The code that made the request shows the answer, so replies in it are not events. */
  readonly requested: boolean;
}

/** The incoming lines of one connection. */
export class IncomingLines {
  readonly #onMessage: (message: Message, origin: Origin) => void;
  readonly #batches = new Batches();
  readonly #requests = new Requests();

  constructor(onMessage: (message: Message, origin: Origin) => void) {
    this.#onMessage = onMessage;
  }

  read(line: string): void {
    const message = parse(line);
    if (message === undefined) return;
    // While its lines arrive, a long answer is not late.
    const label = this.#batches.labelOf(message.tags.get("batch"));
    if (label !== undefined) this.#requests.onPart(label);
    const item = this.#batches.add(message);
    if (item !== undefined) this.#readItem(item, { history: false, label: item.tags.get("label") });
  }

  /** The answer to the line with this label; rejects when the connection is lost or no answer comes. */
  waitForAnswer(label: string | undefined, matcher: AnswerMatcher): Promise<readonly Message[]> {
    return this.#requests.add(label, matcher);
  }

  /** The connection has ended. */
  onDisconnect(reason: string): void {
    this.#requests.onDisconnect(reason);
  }

  #readItem(item: Message | Batch, origin: Omit<Origin, "requested">): void {
    if (!isBatch(item)) {
      return this.#onMessage(item, { ...origin, requested: this.#isRequested(item, origin.label) });
    }
    const label = item.tags.get("label") ?? origin.label;
    if (item.dropped > 0) this.#reportDropped(item.dropped);
    if (item.type === "draft/multiline") {
      const whole = joinMultiline(item);
      if (whole !== undefined) this.#onMessage(whole, { ...origin, label, requested: false });
      return;
    }
    const requested = label !== undefined && this.#requests.resolve(label, answerOf(item));
    // A page of the history is only the answer. Without labels we do not know which request it answers.
    if (requested && isHistory(item)) return;
    const history = origin.history || item.type === "chathistory";
    for (const one of item.items) {
      if (isBatch(one)) this.#readItem(one, { history, label });
      else this.#onMessage(one, { history, label, requested });
    }
  }

  #reportDropped(count: number): void {
    const note = parse(`NOTE * TOO_LONG :The answer of the server is too long: ${count} lines are not shown`);
    if (note !== undefined) this.#onMessage(note, { history: false, label: undefined, requested: false });
  }

  #isRequested(message: Message, label: string | undefined): boolean {
    if (label === undefined) return this.#requests.collect(message);
    return this.#requests.resolve(label, message.command === "ACK" ? [] : [message]);
  }
}

/** Whether a batch, or the batch inside an answer, is a page of the history. */
function isHistory(batch: Batch): boolean {
  if (batch.type === "chathistory" || batch.type === "soju.im/search") return true;
  const [inner] = batch.items;
  return batch.type === "labeled-response" && inner !== undefined && isBatch(inner) && isHistory(inner);
}
