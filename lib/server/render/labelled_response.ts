/**
 * The answer to one labelled command: its lines are collected and sent with the label, as one line, as a batch, or as
 * ACK (IRCv3 labeled-response). Handlers do not use it directly.
 */
import type { CollectedAnswer } from "../chat/delivery.ts";
import { withTag } from "./outgoing.ts";

/** Collects the lines of one answer. */
export class LabelledResponse implements CollectedAnswer {
  readonly #label: string;
  #lines: string[] = [];
  #length = 0;
  hasEvents = false;
  /** The reference of the batch, once its first part is sent. */
  #open: string | undefined;

  /** `label` is escaped, as the client sent it. */
  constructor(label: string) {
    this.#label = label;
  }

  add(lines: readonly string[]): void {
    this.#lines.push(...lines);
    for (const line of lines) this.#length += line.length;
  }

  addEvent(lines: readonly string[]): void {
    this.add(lines);
    this.hasEvents = true;
  }

  get length(): number {
    return this.#length;
  }

  /** See CollectedAnswer.spill. It makes the answer a batch. */
  spill(serverName: string, newReference: () => string): string[] {
    const isOpen = this.#open !== undefined;
    const reference = this.#open ??= newReference();
    const lines = this.#lines.map((line) => inBatch(line, reference));
    this.#lines = [];
    this.#length = 0;
    this.hasEvents = false;
    return isOpen ? lines : [
      withTag(`:${serverName} BATCH +${reference} labeled-response`, `label=${this.#label}`),
      ...lines,
    ];
  }

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

/** A line with the tag of the batch, unless it belongs to a batch inside the answer. */
function inBatch(line: string, reference: string): string {
  return hasBatch(line) ? line : withTag(line, `batch=${reference}`);
}

const batchStart = /^(?:@\S+ )?:\S+ BATCH \+(\S+)/;

function hasBatch(line: string): boolean {
  return /^@(?:[^ ]*;)?batch=/.test(line) || /^(?:@\S+ )?:\S+ BATCH -/.test(line);
}

/** Whether the lines are exactly one batch; then that batch carries the label. */
function isOneBatch(lines: readonly string[]): boolean {
  const reference = batchStart.exec(lines[0] ?? "")?.[1];
  return reference !== undefined && (lines.at(-1) ?? "").endsWith(` BATCH -${reference}`);
}
