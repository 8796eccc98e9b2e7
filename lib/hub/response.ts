/**
 * The answer to one labelled command: everything told to the asker on its behalf is gathered and leaves under the
 * label, as one line, as a batch, or as ACK (IRCv3 labeled-response). Handlers know nothing of it.
 */
import { withTag } from "./outgoing.ts";

/** Gathers the lines of one answer. */
export class Response {
  readonly #label: string;
  readonly #lines: string[] = [];

  /** `label` as the client sent it, escaped. */
  constructor(label: string) {
    this.#label = label;
  }

  /** Adds lines that would otherwise have left at once. */
  add(lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  /** All lines as they leave; `reference` names the batch if one is needed. */
  finish(serverName: string, reference: string): string[] {
    const tag = `label=${this.#label}`;
    const lines = this.#lines;
    const [first] = lines;
    if (first === undefined) return [withTag(`:${serverName} ACK`, tag)];
    if (lines.length === 1 || isOneBatch(lines)) return [withTag(first, tag), ...lines.slice(1)];
    return [
      withTag(`:${serverName} BATCH +${reference} labeled-response`, tag),
      ...lines.map((line) => hasBatch(line) ? line : withTag(line, `batch=${reference}`)),
      `:${serverName} BATCH -${reference}`,
    ];
  }
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
