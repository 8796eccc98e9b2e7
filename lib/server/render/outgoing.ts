/**
 * An outgoing message with all its parts. Only this file removes the parts that a recipient did not ask for, by the
 * table of irc/capabilities.ts. The bytes are made once per recipient profile and reused for the next recipient.
 */
import { bitForCommand, bitForTag, capabilityBits, readsLongLines } from "../../irc/capabilities.ts";
import { joinBytes } from "../../irc/join_bytes.ts";
import { body, escapeTagValue, formatTags } from "../../irc/message.ts";
import { isPlainLine, plainLines } from "../../irc/plain_lines.ts";
import { messageId, stampTime } from "../../irc/stamp.ts";
import type { Deliverable, RecipientProfile } from "../chat/delivery.ts";
import type { Excerpt } from "./excerpt.ts";

/** Parts of a message beside source, command and parameters. */
export interface Details {
  /** Its stamp; recipients with server-time get the time. */
  readonly stamp?: number | undefined;
  /** Whether the stamp is also its msgid. */
  readonly hasId?: boolean;
  /** The account of the sender. */
  readonly account?: string | undefined;
  /** Whether the sender is a bot. */
  readonly bot?: boolean;
  /** The batch it belongs to. */
  readonly batch?: string | undefined;
  /** Client-only tags ("+typing"), passed on unchanged. */
  readonly clientTags?: ReadonlyMap<string, string> | undefined;
  /** Bits that a recipient must have to get the message, instead of those in the row of the command. */
  readonly needs?: number;
  /** Recipients without these bits get these parameters instead of the full ones; with undefined they get nothing. */
  readonly fallback?: { readonly without: number; readonly params: readonly string[] | undefined };
  /** How recipients that read only short lines get a message that needs many of them. @default {they get all} */
  readonly excerpt?: Excerpt | undefined;
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

/** A message that can be sent to many sessions: one line, or several that belong together. */
export abstract class OutgoingMessage implements Deliverable {
  readonly #chunks: (Uint8Array | null | undefined)[] = [];

  abstract lines(mask: number): readonly string[];

  /** The message as history stores it (irc/record.ts): without time and msgid. */
  abstract record(): string;

  /** See Deliverable.chunk; the bytes are made at the first call. */
  chunk(profile: RecipientProfile): Uint8Array | undefined {
    const cached = this.#chunks[profile.index];
    if (cached !== undefined) return cached ?? undefined;
    const lines = this.lines(profile.mask);
    const chunk = lines.length === 0 ? null : joinBytes(lines.map(profile.encode));
    this.#chunks[profile.index] = chunk;
    return chunk ?? undefined;
  }
}

/** The tags of an answer of the server for a recipient with these bits, with a space; "" if it asked for none. */
export function answerTags(mask: number, stamp: number): string {
  return mask & bits.time ? `@time=${stampTime(stamp)} ` : "";
}

/** A message of one line; of several lines for recipients that cannot read it as one. */
export class OutgoingLine extends OutgoingMessage {
  readonly #source: string;
  readonly #command: string;
  readonly #params: readonly string[];
  readonly #details: Details;
  readonly #needs: number;
  #body: string | undefined;
  /** The same in short lines, for the recipients that need them. */
  #plainBodies: readonly string[] | undefined;

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
      const bodies = readsLongLines(mask)
        ? [body(this.#source, this.#command, fallback.params)]
        : plainLines(this.#source, this.#command, fallback.params);
      return this.#withTags(mask, bodies);
    }
    this.#body ??= body(this.#source, this.#command, this.#params);
    if (readsLongLines(mask)) return [this.#tags(mask) + this.#body];
    this.#plainBodies ??= isPlainLine(this.#body)
      ? [this.#body]
      : plainLines(this.#source, this.#command, this.#params);
    return this.#withTags(mask, this.#plainBodies);
  }

  /** Only the first line has the msgid, because all lines are one message. */
  #withTags(mask: number, bodies: readonly string[]): string[] {
    const tags = this.#tags(mask);
    if (bodies.length === 1) return [tags + bodies[0]];
    const laterTags = this.#tags(mask, false);
    return bodies.map((line, at) => (at === 0 ? tags : laterTags) + line);
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

  #tags(mask: number, isFirst = true): string {
    const { stamp, hasId, account, bot, batch, clientTags } = this.#details;
    let tags = "";
    if (batch !== undefined && mask & bits.batch) tags += `;batch=${batch}`;
    if (stamp !== undefined && mask & bits.time) tags += `;time=${stampTime(stamp)}`;
    if (isFirst && hasId && stamp !== undefined && mask & bits.msgid) tags += `;msgid=${messageId(stamp)}`;
    if (account !== undefined && mask & bits.account) tags += `;account=${escapeTagValue(account)}`;
    if (bot && mask & bits.bot) tags += ";bot";
    if (clientTags !== undefined && clientTags.size > 0 && mask & bits.client) {
      tags += `;${formatTags(clientTags)}`;
    }
    return tags === "" ? "" : `@${tags.slice(1)} `;
  }
}

/** A line with one more tag before its other tags. */
export function withTag(line: string, tag: string): string {
  return line.startsWith("@") ? `@${tag};${line.slice(1)}` : `@${tag} ${line}`;
}
