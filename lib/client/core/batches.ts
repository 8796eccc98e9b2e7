/** Holds back what comes in a batch until the batch is whole (IRCv3 batch), batches inside batches too. */

import type { Message } from "../../irc/message.ts";

/** A whole batch. */
export interface Batch {
  readonly type: string;
  readonly params: readonly string[];
  /** Of the line that opened it. */
  readonly tags: ReadonlyMap<string, string>;
  readonly source: string;
  readonly items: readonly (Message | Batch)[];
}

interface OpenBatch extends Batch {
  readonly items: (Message | Batch)[];
}

/** A server that opens more, or puts more into one, is not trusted to end them: the rest is dropped. */
const maxOpen = 64;
const maxItems = 20_000;

/** The batches that are open on one connection. */
export class Batches {
  readonly #open = new Map<string, OpenBatch>();

  /** The message when it is in no batch, the batch when this line ends one, undefined meanwhile. */
  take(message: Message): Message | Batch | undefined {
    if (message.command === "BATCH") return this.#turn(message);
    const reference = message.tags.get("batch");
    return reference === undefined ? message : this.#put(reference, message);
  }

  #turn(message: Message): Message | Batch | undefined {
    const [mark = "", type = "", ...params] = message.params;
    const reference = mark.slice(1);
    if (mark.startsWith("+")) {
      if (this.#open.size < maxOpen) {
        this.#open.set(reference, { type, params, tags: message.tags, source: message.source, items: [] });
      }
      return undefined;
    }
    const whole = this.#open.get(reference);
    this.#open.delete(reference);
    if (whole === undefined) return undefined;
    const outer = whole.tags.get("batch");
    return outer === undefined ? whole : this.#put(outer, whole);
  }

  /** An unknown reference is the server's mistake; what it marks is better shown than lost. */
  #put(reference: string, item: Message | Batch): Message | Batch | undefined {
    const batch = this.#open.get(reference);
    if (batch === undefined) return item;
    if (batch.items.length < maxItems) batch.items.push(item);
    return undefined;
  }
}

/** All messages of a batch, in order, out of inner batches too. */
export function messagesOf(batch: Batch): Message[] {
  return batch.items.flatMap((item) => isBatch(item) ? messagesOf(item) : [item]);
}

/**
 * What answers a question: the messages of a batch, those of several lines as one. A batch that is more than the
 * answer itself shows as the line that opened it, in front of its messages.
 */
export function answerOf(batch: Batch): Message[] {
  if (batch.type === "draft/multiline") return [joinLines(batch) ?? []].flat();
  const { tags, source, type, params } = batch;
  const opening = type === "labeled-response"
    ? []
    : [{ tags, source, command: "BATCH", params: [type, ...params] }];
  return [...opening, ...batch.items.flatMap((item) => isBatch(item) ? answerOf(item) : [item])];
}

/** Tells a batch from a message. */
export function isBatch(item: Message | Batch): item is Batch {
  return "items" in item;
}

/** What draft/multiline spread over several lines, as one message with newlines. */
export function joinLines(batch: Batch): Message | undefined {
  const lines = messagesOf(batch);
  const first = lines[0];
  if (first === undefined) return undefined;
  const text = lines.reduce((whole, line, at) => {
    const gap = at === 0 || line.tags.has("draft/multiline-concat") ? "" : "\n";
    return whole + gap + (line.params.at(-1) ?? "");
  }, "");
  const source = batch.source || first.source;
  return {
    tags: batch.tags,
    source,
    command: first.command,
    params: [batch.params[0] ?? first.params[0] ?? "", text],
  };
}
