/**
 * An outgoing message of several lines: one batch for recipients with draft/multiline, single lines for the others
 * (IRCv3 multiline).
 */
import { capabilityBits, readsLongLines } from "../../irc/capabilities.ts";
import { formatRecord } from "../../irc/record.ts";
import { messageId } from "../../irc/stamp.ts";
import type { MessageLine } from "../chat/delivery.ts";
import { longTexts, shortTexts } from "./excerpt.ts";
import { type Details, OutgoingLine, OutgoingMessage, withTag } from "./outgoing.ts";

/** The parts of a message of several lines. */
export interface MultilineParts {
  readonly source: string;
  readonly command: string;
  readonly target: string;
  readonly lines: readonly MessageLine[];
  /** The stamp is needed: its msgid is the reference of the batch. */
  readonly details: Details & { readonly stamp: number };
}

const needed = capabilityBits["draft/multiline"] | capabilityBits["batch"];

/** The whole text of a message: lines joined by line feeds. */
export function joinMessageLines(lines: readonly MessageLine[]): string {
  return lines.map((line, at) => at === 0 || line.concat ? line.text : `\n${line.text}`).join("");
}

/** A message of several lines. */
export class MultilineMessage extends OutgoingMessage {
  readonly #parts: MultilineParts;
  /** The texts of the short lines, because several profiles need them. */
  #shortTexts: readonly string[] | undefined;

  constructor(parts: MultilineParts) {
    super();
    this.#parts = parts;
  }

  lines(mask: number): readonly string[] {
    return (mask & needed) === needed ? this.#batch(mask) : this.#plain(mask);
  }

  record(): string {
    const { source, command, target, lines: [first, ...more], details } = this.#parts;
    const line = new OutgoingLine(source, command, [target, first?.text ?? ""], details).record();
    return formatRecord(line, more);
  }

  #batch(mask: number): string[] {
    const { source, command, target, lines, details } = this.#parts;
    const reference = messageId(details.stamp);
    const opening = new OutgoingLine(source, "BATCH", [`+${reference}`, "draft/multiline", target], details);
    const inner = lines.map(({ text, concat }) => {
      const [line = ""] = new OutgoingLine(source, command, [target, text], { batch: reference }).lines(mask);
      return concat ? withTag(line, "draft/multiline-concat") : line;
    });
    const closing = new OutgoingLine(source, "BATCH", [`-${reference}`], { batch: details.batch });
    return [...opening.lines(mask), ...inner, ...closing.lines(mask)];
  }

  /** Only the first line has the msgid, because all lines are one message. */
  #plain(mask: number): string[] {
    const { source, command, target, lines, details } = this.#parts;
    const texts = readsLongLines(mask)
      ? longTexts(lines, details.excerpt)
      : this.#shortTexts ??= shortTexts(source, command, target, lines, details.excerpt);
    const laterDetails = { ...details, hasId: false };
    return texts.flatMap((text, at) =>
      new OutgoingLine(source, command, [target, text], at === 0 ? details : laterDetails).lines(mask)
    );
  }
}
