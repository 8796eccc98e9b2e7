/**
 * The answer to one labelled command: everything told to the asker on its behalf is gathered and leaves under the
 * label, as one line, as a batch, or as ACK (IRCv3 labeled-response). Handlers know nothing of it.
 */
import type { CollectedAnswer } from "../chat/delivery.ts";
import { withTag } from "./outgoing.ts";

/** Gathers the lines of one answer. */
export class LabelledResponse implements CollectedAnswer {
  readonly #label: string;
  #lines: string[] = [];
  #length = 0;
  /** Names the batch once it has begun to leave. */
  #open: string | undefined;

  /** `label` as the client sent it, escaped. */
  constructor(label: string) {
    this.#label = label;
  }

  /** Adds lines that would otherwise have left at once. */
  add(lines: readonly string[]): void {
    this.#lines.push(...lines);
    for (const line of lines) this.#length += line.length;
  }

  /** How long all gathered lines are together, in UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  /** What is gathered so far, to leave now: a long answer need not be held whole. It is a batch from here on. */
  spill(serverName: string, newReference: () => string): string[] {
    const begun = this.#open !== undefined;
    const reference = this.#open ??= newReference();
    const lines = this.#lines.map((line) => inBatch(line, reference));
    this.#lines = [];
    this.#length = 0;
    return begun ? lines : [
      withTag(`:${serverName} BATCH +${reference} labeled-response`, `label=${this.#label}`),
      ...lines,
    ];
  }

  /** All lines as they leave; `reference` names the batch if one is needed. */
  finish(serverName: string, reference: string): string[] {
    if (this.#open !== undefined) {
      return [...this.spill(serverName, () => reference), batchEnd(serverName, this.#open)];
    }
    const tag = `label=${this.#label}`;
    const lines = this.#lines;
    const [first] = lines;
    if (first === undefined) return [withTag(`:${serverName} ACK`, tag)];
    if (lines.length === 1 || isOneBatch(lines)) return [withTag(first, tag), ...lines.slice(1)];
    return [...this.spill(serverName, () => reference), batchEnd(serverName, reference)];
  }
}

function batchEnd(serverName: string, reference: string): string {
  return `:${serverName} BATCH -${reference}`;
}

/** A batch inside the answer keeps its lines to itself. */
function inBatch(line: string, reference: string): string {
  return hasBatch(line) ? line : withTag(line, `batch=${reference}`);
}

const batchStart = /^(?:@\S+ )?:\S+ BATCH \+(\S+)/;

function hasBatch(line: string): boolean {
  return /^@(?:[^ ]*;)?batch=/.test(line) || /^(?:@\S+ )?:\S+ BATCH -/.test(line);
}

/** Whether the lines are exactly one batch, which then carries the label itself. */
function isOneBatch(lines: readonly string[]): boolean {
  const reference = batchStart.exec(lines[0] ?? "")?.[1];
  return reference !== undefined && (lines.at(-1) ?? "").endsWith(` BATCH -${reference}`);
}
