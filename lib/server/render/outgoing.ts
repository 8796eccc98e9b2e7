/**
 * A message on its way out, in its fullest form. What a reader did not ask for is taken away here, by the table of
 * irc/capabilities.ts and nowhere else; the bytes are made once per kind of reader and kept for the next one.
 */
import { bitForCommand, bitForTag, capabilityBits } from "../../irc/capabilities.ts";
import { body, escapeTagValue, formatTags } from "../../irc/message.ts";
import { messageId, stampTime } from "../../irc/stamp.ts";
import type { Delivery, RecipientProfile } from "../chat/delivery.ts";

/** What a message carries beside source, command and parameters. */
export interface Details {
  /** Its stamp; readers with server-time are told the time. */
  readonly stamp?: number | undefined;
  /** Whether the stamp is also its msgid. */
  readonly hasId?: boolean;
  /** The account of who sent it. */
  readonly account?: string | undefined;
  /** Whether who sent it is a bot. */
  readonly bot?: boolean;
  /** The batch it belongs to. */
  readonly batch?: string | undefined;
  /** Client-only tags ("+typing"), passed on as they came. */
  readonly clientTags?: ReadonlyMap<string, string> | undefined;
  /** Bits a reader must have to be sent it, in place of what the command's row says. */
  readonly needs?: number;
  /** Readers without these bits are given these parameters in place of the full ones; undefined: nothing at all. */
  readonly fallback?: { readonly without: number; readonly params: readonly string[] | undefined };
}

const bits = {
  time: bitForTag("time"),
  msgid: bitForTag("msgid"),
  account: bitForTag("account"),
  batch: bitForTag("batch"),
  bot: bitForTag("bot"),
  client: capabilityBits["message-tags"],
} as const;
const none: Details = {};

/** Anything that can be told to sessions: one line, or several that belong together. */
export abstract class OutgoingMessage implements Delivery {
  readonly #chunks: (Uint8Array | null | undefined)[] = [];

  /** The lines for a reader with these bits, without CR LF; none when it is not told at all. */
  abstract lines(mask: number): readonly string[];

  /** Itself as history keeps it (irc/record.ts): all of it but time and msgid. */
  abstract record(): string;

  /** The same as bytes for this kind of reader, made at the first call; undefined when it is not told. */
  chunk(profile: RecipientProfile): Uint8Array | undefined {
    const made = this.#chunks[profile.index];
    if (made !== undefined) return made ?? undefined;
    const lines = this.lines(profile.mask);
    const chunk = lines.length === 0 ? null : join(lines.map(profile.encode));
    this.#chunks[profile.index] = chunk;
    return chunk ?? undefined;
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One message to one or many. */
export class OutgoingLine extends OutgoingMessage {
  readonly #source: string;
  readonly #command: string;
  readonly #params: readonly string[];
  readonly #details: Details;
  readonly #needs: number;
  #body: string | undefined;

  constructor(source: string, command: string, params: readonly string[], details: Details = none) {
    super();
    this.#source = source;
    this.#command = command;
    this.#params = params;
    this.#details = details;
    this.#needs = details.needs ?? bitForCommand(command);
  }

  lines(mask: number): readonly string[] {
    if ((mask & this.#needs) !== this.#needs) return [];
    const { fallback } = this.#details;
    if (fallback && (mask & fallback.without) !== fallback.without) {
      if (!fallback.params) return [];
      return [this.#tags(mask) + body(this.#source, this.#command, fallback.params)];
    }
    this.#body ??= body(this.#source, this.#command, this.#params);
    return [this.#tags(mask) + this.#body];
  }

  record(): string {
    this.#body ??= body(this.#source, this.#command, this.#params);
    const { account, bot, clientTags } = this.#details;
    let tags = "";
    if (account !== undefined) tags += `;account=${escapeTagValue(account)}`;
    if (bot) tags += ";bot";
    if (clientTags !== undefined && clientTags.size > 0) tags += `;${formatTags(clientTags)}`;
    return tags === "" ? this.#body : `@${tags.slice(1)} ${this.#body}`;
  }

  #tags(mask: number): string {
    const { stamp, hasId, account, bot, batch, clientTags } = this.#details;
    let tags = "";
    if (batch !== undefined && mask & bits.batch) tags += `;batch=${batch}`;
    if (stamp !== undefined && mask & bits.time) tags += `;time=${stampTime(stamp)}`;
    if (hasId && stamp !== undefined && mask & bits.msgid) tags += `;msgid=${messageId(stamp)}`;
    if (account !== undefined && mask & bits.account) tags += `;account=${escapeTagValue(account)}`;
    if (bot && mask & bits.bot) tags += ";bot";
    if (clientTags !== undefined && clientTags.size > 0 && mask & bits.client) {
      tags += `;${formatTags(clientTags)}`;
    }
    return tags === "" ? "" : `@${tags.slice(1)} `;
  }
}

/** A line with one more tag in front of those it has. */
export function withTag(line: string, tag: string): string {
  return line.startsWith("@") ? `@${tag};${line.slice(1)}` : `@${tag} ${line}`;
}
