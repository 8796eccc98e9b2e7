/**
 * Something said → the lines that carry it. Text that is too long for one line is cut between words; where the server
 * has draft/multiline all of it stays one message. Pure.
 */

import { utf8Bytes } from "../../irc/lines.ts";
import { formatTags } from "../../irc/message.ts";
import { splitText } from "../../irc/wrap.ts";
import type { Manner } from "./event.ts";
import type { State } from "./state.ts";

/** One message to the server: the lines to send, and what will be echoed. */
export interface MessagePart {
  /** The label its echo or refusal will carry; undefined where the server has no labels. */
  readonly label: string | undefined;
  readonly lines: readonly string[];
  readonly text: string;
}

/** Something to say. */
export interface OutgoingMessage {
  readonly target: string;
  readonly manner: Manner;
  /** May hold newlines. */
  readonly text: string;
  /** The id of the message it answers. */
  readonly replyTo?: string;
}

/** The longest source others may see of us when the server has not shown it: username and host at their longest. */
const unknownSourceBytes = 80;

/** The parcels for something said; `mark` makes a new word each time, for labels and batches. */
export function compose(state: State, speech: OutgoingMessage, mark: () => string): MessagePart[] {
  const nextLabel = state.caps.has("labeled-response") ? mark : () => undefined;
  const paragraphs = speech.text.split("\n").map((line) => line.replace(/\r$/, "").replaceAll("\0", ""));
  const room = textBytes(state, speech);
  const replyTo = state.caps.has("message-tags") ? speech.replyTo : undefined;
  const pieces = paragraphs.map((line) => splitText(line, room));
  const isLong = pieces.length > 1 || (pieces[0]?.length ?? 0) > 1;
  if (isLong && speech.manner !== "action" && canBatch(state)) {
    return batches(state, pieces, (lines) => {
      const id = mark();
      return batch({ ...speech, replyTo }, lines, id, nextLabel());
    });
  }
  return pieces.flat().filter((piece) => piece.trim() !== "").map((piece) => {
    const label = nextLabel();
    return { label, lines: [tags({ label, "+draft/reply": replyTo }) + bare(speech, piece)], text: piece };
  });
}

/** How many bytes of text fit into one line to a target. */
export function textBytes(state: State, { target, manner }: OutgoingMessage): number {
  const limit = Number(state.isupport.get("LINELEN")) || 512;
  const source = state.source === "" ? utf8Bytes(state.nick) + unknownSourceBytes : utf8Bytes(state.source);
  const frame = utf8Bytes(`: PRIVMSG ${target} :\r\n`);
  const action = manner === "action" ? "\x01ACTION \x01".length : 0;
  return Math.max(32, limit - frame - source - action);
}

function bare({ target, manner }: Pick<OutgoingMessage, "target" | "manner">, piece: string): string {
  const words = manner === "action" ? `\x01ACTION ${piece}\x01` : piece;
  return `${manner === "notice" ? "NOTICE" : "PRIVMSG"} ${target} :${words}`;
}

function canBatch(state: State): boolean {
  return state.caps.has("draft/multiline") && state.caps.has("batch");
}

interface BatchLine {
  readonly text: string;
  /** It goes on where the line before it ended. */
  readonly joined: boolean;
}

/** As few batches as the server's limits allow. */
function batches(
  state: State,
  pieces: readonly (readonly string[])[],
  wrap: (lines: readonly BatchLine[]) => MessagePart,
): MessagePart[] {
  const { maxBytes, maxLines } = batchLimits(state);
  const parcels: MessagePart[] = [];
  let held: BatchLine[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (held.some(({ text }) => text.trim() !== "")) parcels.push(wrap(held));
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
  return parcels;
}

function batch(
  speech: Omit<OutgoingMessage, "replyTo"> & { readonly replyTo: string | undefined },
  lines: readonly BatchLine[],
  id: string,
  label: string | undefined,
): MessagePart {
  return {
    label,
    lines: [
      `${tags({ label, "+draft/reply": speech.replyTo })}BATCH +${id} draft/multiline ${speech.target}`,
      ...lines.map(({ text, joined }) =>
        tags({ "batch": id, "draft/multiline-concat": joined ? "" : undefined }) + bare(speech, text)
      ),
      `BATCH -${id}`,
    ],
    text: lines.map(({ text, joined }, at) => (at === 0 || joined ? "" : "\n") + text).join(""),
  };
}

function batchLimits(state: State): { readonly maxBytes: number; readonly maxLines: number } {
  const value = state.offered.get("draft/multiline") ?? "";
  const limit = (name: string): number => Number(new RegExp(`\\b${name}=(\\d+)`).exec(value)?.[1] ?? 0);
  return { maxBytes: limit("max-bytes") || 4096, maxLines: limit("max-lines") || 100 };
}

/** "@a=b;c " or ""; undefined values are left out. */
function tags(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((tag): tag is [string, string] => tag[1] !== undefined);
  return given.length === 0 ? "" : `@${formatTags(given)} `;
}
