/**
 * Finds the names of people in the text of messages, and decides which messages alert us: those that contain our nick,
 * and private messages. Both UIs use this, for notifications and for the colours of names, so that they agree.
 */

import { stripFormatting } from "../../irc/formatting.ts";
import { fold } from "../../irc/names.ts";
import type { ChatEvent, Said } from "./event.ts";

/** A name in a text, with its position in UTF-16 units. */
export interface FoundName {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** Letters of nicks, beyond ASCII too, and invisible characters, which keep a word together. */
const nickWord = /[\p{L}\p{M}\p{N}_[\]\\`^{}|\-\p{Cf}\u{FFFD}]+/gu;
/** Runs of one script, where the script is written without spaces between words. */
const scriptRun =
  /\p{sc=Han}+|\p{sc=Hira}+|[\p{sc=Kana}ー]+|\p{sc=Hang}+|[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]+|[^\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー\p{sc=Hang}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]+/gu;
/** Characters that can stand around a name: dashes, and the brackets that nicks can contain. */
const leadingEdge = /[\p{Cf}\u{FFFD}\-[{]/u;
const trailingEdge = /[\p{Cf}\u{FFFD}\-\]}]/u;
const wordCharacter = /[\p{L}\p{M}\p{N}_]/u;
const apostrophe = /['‘’‛´＇′]/;
/** A letter, digit or symbol that is shown as an emoji. It is no part of the word beside it. */
const emojiSequence = /[#*\d]\u{FE0F}?\u{20E3}|\p{Emoji}\u{FE0F}/gu;

/** Whether `nick` is in `text` as a name of its own: in "bob's" and "@bob:", not in "bobby", "#bob" or a link. */
export function hasMention(text: string, nick: string): boolean {
  const plainText = stripFormatting(text);
  if (nick === "" || !nameKey(plainText).includes(nameKey(nick))) return false;
  return findNames(plainText, nameMatcher(nick)).length > 0;
}

/** Whether words are this name: letters in any case, composed or not; never for "". */
export function nameMatcher(name: string): (word: string) => boolean {
  const key = nameKey(name);
  return (word) => key !== "" && nameKey(word) === key;
}

/** A message that we should notice, for a bell, a notification or a badge. */
export function isAddressedToUs({ own, mention, direct }: Said): boolean {
  return !own && (mention || direct);
}

/** As isAddressedToUs(), but false for a message from the history. */
export function shouldAlert(event: ChatEvent & Said): boolean {
  return event.history !== true && isAddressedToUs(event);
}

/** The names in a text without formatting codes that `isName` accepts, in order. Takes linear time. */
export function findNames(written: string, isName: (word: string) => boolean): FoundName[] {
  const found: FoundName[] = [];
  let isCode: ((start: number) => boolean) | undefined;
  const text = withoutEmojiSequences(written);
  for (const token of text.matchAll(/\S+/g)) {
    let opaque: number | undefined;
    for (const word of token[0].matchAll(nickWord)) {
      for (const { start, end, name } of candidatesIn(word[0], token.index + word.index)) {
        if (!isName(name)) continue;
        opaque ??= token.index + opaqueFrom(token[0]);
        if (end > opaque || !isFree(text, start, end, token)) continue;
        isCode ??= codeIn(text);
        if (isCode(start)) continue;
        found.push({ start, end, name });
        break;
      }
    }
  }
  return found;
}

/** The text of the same length with signs in place of emoji that contain word characters or marks. */
function withoutEmojiSequences(text: string): string {
  return /[\u{FE0F}\u{20E3}]/u.test(text)
    ? text.replace(emojiSequence, (sequence) => "•".repeat(sequence.length))
    : text;
}

/** Spelling differences that people do not see as another name. */
function nameKey(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return fold(name);
  return fold(name.normalize("NFC").toLowerCase());
}

/** The parts of a word that can be a name: all of it, without edges ("-bob-", "[bob]"), and runs of one script. */
function candidatesIn(word: string, at: number): FoundName[] {
  const whole = [{ start: at, end: at + word.length, name: word }, trimmed(word, at)];
  // Latin letters only: one run.
  if (/^[\x21-\x7e]*$/.test(word)) return whole;
  return [...whole, ...[...word.matchAll(scriptRun)].map((run) => trimmed(run[0], at + run.index))];
}

function trimmed(word: string, at: number): FoundName {
  let [start, end] = [0, word.length];
  while (start < end && leadingEdge.test(word[start] ?? "")) start++;
  while (end > start && trailingEdge.test(word[end - 1] ?? "")) end--;
  return { start: at + start, end: at + end, name: word.slice(start, end) };
}

/** Where a link, an address or the name of a channel begins in a word without spaces; no name is found after it. */
function opaqueFrom(token: string): number {
  const colon = token.indexOf("://");
  if (colon >= 0) {
    let scheme = colon;
    while (/[a-z0-9+.-]/i.test(token[scheme - 1] ?? "")) scheme--;
    return scheme;
  }
  const [opening = ""] = /^["'“‘«([<{*]*/.exec(token) ?? [];
  const rest = token.slice(opening.length);
  const isPath = /^(?:~?\/|\.{1,2}\/|[a-z]:[\\/])/i.test(rest);
  if (isPath || /^www\./i.test(rest) || /[\w.+-]@[\p{L}\p{N}]/u.test(rest) || /^[#&]/.test(rest)) {
    const comma = rest.startsWith("#") ? rest.indexOf(",") : -1;
    return comma < 0 ? opening.length : token.length;
  }
  return token.length;
}

/** Whether the characters around a word leave it a word of its own. */
function isFree(text: string, start: number, end: number, token: RegExpExecArray): boolean {
  const [beforeLast, last] = [characterBefore(text, start - 1), text[start - 1] ?? ""];
  const [first, second] = [text[end] ?? "", characterAt(text, end + 1)];
  const isJoinedBefore = isWordCharacter(beforeLast);
  const isJoinedAfter = isWordCharacter(second);
  if ((apostrophe.test(last) || /[.·]/.test(last)) && isJoinedBefore) return false;
  if (/[.·]/.test(first) && isJoinedAfter) return false;
  if (
    apostrophe.test(first) && isJoinedAfter && !/^.s(?![\p{L}\p{M}\p{N}_])/iu.test(text.slice(end, end + 4))
  ) {
    return false;
  }
  if (/[#$=]/.test(last) || first === "=" || (last === "{" && beforeLast === "$")) return false;
  if (last === ":" && (first === ":" || beforeLast === ":")) return false;
  if (first === ":" && /[:\d]/.test(second)) return false;
  if (first === "(" && second === ")") return false;
  if ((last === "/" && isJoinedBefore) || (first === "/" && isJoinedAfter)) return isAddress(text, token);
  // A name of one letter needs more space: "C++", "-e", "Q&A".
  return [...text.slice(start, end)].length > 1 ||
    (/^[\s@("'“‘«<*]?$/.test(last) && /^[\s:,;.!?)"'’”»>*…]?$/.test(first));
}

/** "ann/bob: hello" is to both. */
function isAddress(text: string, token: RegExpExecArray): boolean {
  return /[:,]/.test(token[0].at(-1) ?? "") && /^\n?$/.test(text[token.index - 1] ?? "");
}

/** A block of lines between three backticks, or a part of a line between backticks. */
const code = /(?<![\p{L}\p{M}\p{N}_`])(?:```(?!`)(?:(?!```)[^])*```|`+[^`\n]+`+)/gu;

/** Asks whether a position is in code; the positions asked must grow. */
function codeIn(text: string): (start: number) => boolean {
  const marks = text.matchAll(code);
  let next = marks.next();
  return (start) => {
    while (!next.done && next.value.index + next.value[0].length <= start) next = marks.next();
    return !next.done && next.value.index <= start;
  };
}

function isWordCharacter(character: string): boolean {
  return character !== "" && wordCharacter.test(character);
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** The character that ends before `at`. */
function characterBefore(text: string, at: number): string {
  if (at <= 0) return "";
  const isPair = /[\udc00-\udfff]/.test(text[at - 1] ?? "") && at > 1;
  return characterAt(text, isPair ? at - 2 : at - 1);
}
