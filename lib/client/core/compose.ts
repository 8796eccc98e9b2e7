/**
 * An outgoing message → the lines to send. Text that is too long for one line is cut between words. Where the server
 * has draft/multiline, it all stays one message. Pure.
 */

import { utf8Bytes } from "../../irc/lines.ts";
import { formatTags } from "../../irc/message.ts";
import { splitText } from "../../irc/wrap.ts";
import type { Manner } from "../state/event.ts";
import { replyTags } from "../state/client_tags.ts";
import type { State } from "../state/state.ts";

/** One message for the server: the lines, and the text that it will echo. */
export interface MessagePart {
  /** The label of its echo or refusal; undefined where the server has no labels. */
  readonly label: string | undefined;
  readonly lines: readonly string[];
  readonly text: string;
}

/** A message to send. */
export interface MessageToSend {
  readonly target: string;
  readonly manner: Manner;
  /** Can contain newlines. */
  readonly text: string;
  /** The id of the message that it answers. */
  readonly replyTo?: string;
}

/** The longest possible username and host, for a source that the server has not shown yet. */
const unknownSourceBytes = 80;

/** The parts of a message; `newLabel` returns a new word each time, for labels and batches. */
export function compose(state: State, message: MessageToSend, newLabel: () => string): MessagePart[] {
  const labelFor = state.caps.has("labeled-response") ? newLabel : () => undefined;
  const paragraphs = message.text.split(/\r\n|\r|\n/).map((line) => line.replaceAll("\0", ""));
  const maxBytes = textBytes(state, message);
  const isReply = message.replyTo !== undefined && state.caps.has("message-tags");
  const answered = isReply ? replyTags(message.replyTo ?? "") : {};
  const pieces = paragraphs.map((line) => splitText(line, maxBytes));
  const isLong = pieces.length > 1 || (pieces[0]?.length ?? 0) > 1;
  if (isLong && message.manner !== "action" && canBatch(state)) {
    return batches(state, pieces, (lines) => {
      const id = newLabel();
      return batch(message, lines, id, { label: labelFor(), ...answered });
    });
  }
  return pieces.flat().filter((piece) => piece.trim() !== "").map((piece) => {
    const label = labelFor();
    return {
      label,
      lines: [tags({ label, ...answered }) + plainLine(message, piece)],
      text: piece,
    };
  });
}

/** The bytes of text that fit into one line to a target. */
export function textBytes(state: State, { target, manner }: MessageToSend): number {
  const limit = Number(state.isupport.get("LINELEN")) || 512;
  const source = state.source === "" ? utf8Bytes(state.nick) + unknownSourceBytes : utf8Bytes(state.source);
  const frame = utf8Bytes(`: PRIVMSG ${target} :\r\n`);
  const action = manner === "action" ? "\x01ACTION \x01".length : 0;
  return Math.max(32, limit - frame - source - action);
}

function plainLine({ target, manner }: Pick<MessageToSend, "target" | "manner">, piece: string): string {
  const words = manner === "action" ? `\x01ACTION ${piece}\x01` : piece;
  return `${manner === "notice" ? "NOTICE" : "PRIVMSG"} ${target} :${words}`;
}

function canBatch(state: State): boolean {
  return state.caps.has("draft/multiline") && state.caps.has("batch");
}

interface BatchLine {
  readonly text: string;
  /** It continues the line before it, without a newline. */
  readonly joined: boolean;
}

/** Makes the smallest number of batches that the limits of the server allow. */
function batches(
  state: State,
  pieces: readonly (readonly string[])[],
  wrap: (lines: readonly BatchLine[]) => MessagePart,
): MessagePart[] {
  const { maxBytes, maxLines } = batchLimits(state);
  const parts: MessagePart[] = [];
  let held: BatchLine[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (held.some(({ text }) => text.trim() !== "")) parts.push(wrap(held));
    [held, bytes] = [[], 0];
  };
  for (const paragraph of pieces) {
    for (const [at, text] of paragraph.entries()) {
      const size = utf8Bytes(text) + 1;
      if (held.length > 0 && (held.length >= maxLines || bytes + size > maxBytes)) flush();
      held.push({ text, joined: at > 0 && held.length > 0 });
      bytes += size;
    }
  }
  flush();
  return parts;
}

function batch(
  message: MessageToSend,
  lines: readonly BatchLine[],
  id: string,
  opening: Readonly<Record<string, string | undefined>>,
): MessagePart {
  return {
    label: opening["label"],
    lines: [
      `${tags(opening)}BATCH +${id} draft/multiline ${message.target}`,
      ...lines.map(({ text, joined }) =>
        tags({ "batch": id, "draft/multiline-concat": joined ? "" : undefined }) + plainLine(message, text)
      ),
      `BATCH -${id}`,
    ],
    text: lines.map(({ text, joined }, at) => (at === 0 || joined ? "" : "\n") + text).join(""),
  };
}

/**
 * Whether the server would get a text as several messages of many lines, though it takes one message of several lines.
 * Such a text is better shared as a file.
 */
export function isTooLongForMessage(state: State, text: string): boolean {
  if (!canBatch(state)) return false;
  const { maxBytes, maxLines } = batchLimits(state);
  return utf8Bytes(text) > maxBytes || text.trimEnd().split("\n").length > maxLines;
}

function batchLimits(state: State): { readonly maxBytes: number; readonly maxLines: number } {
  const value = state.offered.get("draft/multiline") ?? "";
  const limit = (name: string): number => Number(new RegExp(`\\b${name}=(\\d+)`).exec(value)?.[1] ?? 0);
  return { maxBytes: limit("max-bytes") || 4096, maxLines: limit("max-lines") || 100 };
}

/** "@a=b;c " or ""; without tags that are undefined. */
function tags(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((tag): tag is [string, string] => tag[1] !== undefined);
  return given.length === 0 ? "" : `@${formatTags(given)} `;
}
