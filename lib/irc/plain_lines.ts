/**
 * A message → lines of at most 512 bytes with CR LF (RFC 1459), for recipients that have not said that they can read
 * more. Text of people is split into several lines, modes too; of other messages the longest parameter is cut. Tags
 * are not counted: they have their own limit.
 */
import { utf8Bytes } from "./lines.ts";
import { body } from "./message.ts";
import { splitMessage } from "./message_pieces.ts";
import { formatModeChanges, parseModes } from "./modes.ts";
import { numerics } from "./numerics.ts";
import { cutBytes } from "./wrap.ts";

/** The longest line that every program can read, in bytes, with CR LF and without tags. */
export const plainLineBytes = 512;

/** The least space for the text of a message, after the longest names too. */
const minTextBytes = 64;
const maxBodyBytes = plainLineBytes - 2;

type Params = readonly string[];
type Rule = (source: string, command: string, params: Params) => Params[];

const rules: ReadonlyMap<string, Rule> = new Map([
  ["PRIVMSG", splitLast],
  ["NOTICE", splitLast],
  ["WALLOPS", splitLast],
  [numerics.RPL_INFO[0], splitLast],
  [numerics.RPL_MOTD[0], splitLast],
  [numerics.RPL_HELPTXT[0], splitLast],
  ["MODE", splitModes(1)],
  [numerics.RPL_CHANNELMODEIS[0], splitModes(2)],
  // The entry alone is a valid reply too; a mask that was cut would be another mask.
  [numerics.RPL_BANLIST[0], leaveOutAfter(3)],
  [numerics.RPL_EXCEPTLIST[0], leaveOutAfter(3)],
  [numerics.RPL_INVEXLIST[0], leaveOutAfter(3)],
  [numerics.RPL_WHOREPLY[0], withoutServer],
]);

/** Whether the line fits; `line` has no tags. */
export function isPlainLine(line: string): boolean {
  return line.length * 3 <= maxBodyBytes || utf8Bytes(line) <= maxBodyBytes;
}

/** The lines of a message, without tags; nearly always one. */
export function plainLines(source: string, command: string, params: Params): string[] {
  const whole = body(source, command, params);
  if (isPlainLine(whole)) return [whole];
  const split = rules.get(command)?.(source, command, params) ?? [params];
  return split.map((one) => body(source, command, cutParams(source, command, one)));
}

/** The bytes of text that fit after these parameters. */
export function plainTextBytes(source: string, command: string, before: Params): number {
  return maxBodyBytes - utf8Bytes(body(source, command, [...before, ""]));
}

/** The same for the text of a message, which people should be able to read: at least 64. */
export function messageTextBytes(source: string, command: string, before: Params): number {
  return Math.max(minTextBytes, plainTextBytes(source, command, before));
}

function splitLast(source: string, command: string, params: Params): Params[] {
  const before = params.slice(0, -1);
  const space = messageTextBytes(source, command, before);
  return splitMessage([{ text: params.at(-1) ?? "" }], space).map((text) => [...before, text]);
}

function splitModes(at: number): Rule {
  return (source, command, params) => {
    const before = params.slice(0, at);
    if (!before.at(-1)?.startsWith("#")) return [params];
    const { changes } = parseModes(params.slice(at));
    const space = plainTextBytes(source, command, before);
    return modePortions(changes, space).flatMap((portion) => formatModeChanges(portion, Infinity))
      .map((modes) => [...before, ...modes]);
  };
}

/** The mode changes in portions; the letters and parameters of each fit in `maxBytes`. */
export function modePortions<Change extends { readonly parameter: string | undefined }>(
  changes: readonly Change[],
  maxBytes: number,
): Change[][] {
  const all: Change[][] = [];
  let used = Infinity;
  for (const change of changes) {
    const bytes = 2 + (change.parameter === undefined ? 0 : 1 + utf8Bytes(change.parameter));
    if (used + bytes > maxBytes) {
      all.push([]);
      used = 0;
    }
    all.at(-1)?.push(change);
    used += bytes;
  }
  return all;
}

/** Shortens RPL_WHOREPLY: the name of the server goes first, because nobody needs it; then the real name is cut. */
function withoutServer(source: string, command: string, params: Params): Params[] {
  const withoutText = plainTextBytes(source, command, params.slice(0, -1));
  return [withoutText >= minTextBytes || params.length < 6 ? params : params.with(4, "*")];
}

function leaveOutAfter(count: number): Rule {
  return (_source, _command, params) => [params.slice(0, count)];
}

/** The parameters, all cut to the one length with which the line fits; so only the longest are cut. */
function cutParams(source: string, command: string, params: Params): Params {
  const sizes = params.map((param) => utf8Bytes(param));
  const space = maxBodyBytes - utf8Bytes(body(source, command, params)) + sum(sizes);
  if (sum(sizes) <= space) return params;
  let [fits, tooMuch] = [0, Math.max(...sizes)];
  while (tooMuch - fits > 1) {
    const tried = (fits + tooMuch) >> 1;
    if (sum(sizes.map((size) => Math.min(size, tried))) <= space) fits = tried;
    else tooMuch = tried;
  }
  return params.map((param) => cutBytes(param, fits));
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all + size, 0);
}
