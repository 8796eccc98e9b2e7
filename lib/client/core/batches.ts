/** Holds the messages of a batch until the batch is complete (IRCv3 batch). Batches can contain batches. */

import type { Message } from "../../irc/message.ts";

/** A complete batch. */
export interface Batch {
  readonly type: string;
  readonly params: readonly string[];
  /** The tags of the line that opened it. */
  readonly tags: ReadonlyMap<string, string>;
  readonly source: string;
  readonly items: readonly (Message | Batch)[];
  /** The number of items that were too many. */
  readonly dropped: number;
}

interface OpenBatch extends Batch {
  readonly items: (Message | Batch)[];
  dropped: number;
  /** How many batches are inside each other in it. */
  depth: number;
  /** Those of its items, also of items in inner batches. */
  characters: number;
}

/** The most batches that are open; the messages of others are read one by one. */
const maxOpen = 64;
/** Batches that are inside each other more often are dropped; reading them would need a stack without end. */
const maxDepth = 32;
/** The most items of all open batches, for a server that never ends it; more than the largest networks have channels. */
const maxItems = 200_000;
/** The most characters of all open batches: items can be long. */
const maxCharacters = 32 * 1024 * 1024;

/** The batches that are open on one connection. */
export class Batches {
  readonly #open = new Map<string, OpenBatch>();
  /** The number of items in the open batches. */
  #items = 0;
  #characters = 0;

  /** The message when it is outside a batch, the batch when this line ends one, otherwise undefined. */
  add(message: Message): Message | Batch | undefined {
    if (message.command === "BATCH") return this.#openOrClose(message);
    const reference = message.tags.get("batch");
    return reference === undefined ? message : this.#put(reference, message);
  }

  #openOrClose(message: Message): Message | Batch | undefined {
    const [signedReference = "", type = "", ...params] = message.params;
    const reference = signedReference.slice(1);
    if (signedReference.startsWith("+")) {
      if (this.#open.size < maxOpen) {
        const { tags, source } = message;
        this.#forget(reference);
        this.#open.set(reference, {
          type,
          params,
          tags,
          source,
          items: [],
          dropped: 0,
          depth: 1,
          characters: 0,
        });
      }
      return undefined;
    }
    const batch = this.#forget(reference);
    if (batch === undefined) return undefined;
    const outer = batch.tags.get("batch");
    return outer === undefined ? batch : this.#put(outer, batch, batch);
  }

  #forget(reference: string): OpenBatch | undefined {
    const batch = this.#open.get(reference);
    this.#open.delete(reference);
    this.#items -= batch?.items.length ?? 0;
    this.#characters -= batch?.characters ?? 0;
    return batch;
  }

  /** An unknown reference is a mistake of the server; the message is shown all the same. */
  #put(reference: string, item: Message | Batch, inner?: OpenBatch): Message | Batch | undefined {
    const batch = this.#open.get(reference);
    if (batch === undefined) return item;
    const depth = (inner?.depth ?? 0) + 1;
    const characters = inner?.characters ?? lengthOf(item);
    if (this.#items >= maxItems || this.#characters + characters > maxCharacters || depth > maxDepth) {
      batch.dropped++;
      return undefined;
    }
    batch.depth = Math.max(batch.depth, depth);
    batch.items.push(item);
    this.#items++;
    batch.characters += characters;
    this.#characters += characters;
    return undefined;
  }

  /** The label of the request that an open batch answers, perhaps by an outer batch. */
  labelOf(reference: string | undefined): string | undefined {
    let tags = this.#open.get(reference ?? "")?.tags;
    for (let depth = 0; tags !== undefined && depth < maxOpen; depth++) {
      const label = tags.get("label");
      if (label !== undefined) return label;
      tags = this.#open.get(tags.get("batch") ?? "")?.tags;
    }
    return undefined;
  }
}

function lengthOf(item: Message | Batch): number {
  let length = 0;
  for (const param of item.params) length += param.length;
  for (const [name, value] of item.tags) length += name.length + value.length;
  return length;
}

/** All messages of a batch in order, including those of inner batches. */
export function messagesOf(batch: Batch): Message[] {
  return batch.items.flatMap((item) => isBatch(item) ? messagesOf(item) : [item]);
}

/**
 * The answer to a request: the messages of a batch, with a multiline message as one. For a batch of another type than
 * "labeled-response" the line that opened it comes first.
 */
export function answerOf(batch: Batch): Message[] {
  if (batch.type === "draft/multiline") return [joinMultiline(batch) ?? []].flat();
  const { tags, source, type, params } = batch;
  const opening = type === "labeled-response"
    ? []
    : [{ tags, source, command: "BATCH", params: [type, ...params] }];
  return [...opening, ...batch.items.flatMap((item) => isBatch(item) ? answerOf(item) : [item])];
}

export function isBatch(item: Message | Batch): item is Batch {
  return "items" in item;
}

/** The lines of a draft/multiline batch as one message with newlines. */
export function joinMultiline(batch: Batch): Message | undefined {
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
