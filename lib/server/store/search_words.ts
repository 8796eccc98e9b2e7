/**
 * What of a record goes into the search index, and what a search asks the index for. Pure. The index removes a record by
 * being given the same words again, so a change here needs a migration that builds the index anew.
 */
import { fold } from "../../irc/names.ts";
import { parseRecord, wholeText } from "../../irc/record.ts";

/** The two columns of the index. */
export interface Entry {
  /** Words to find a record by its log, its sender and its sender's account. */
  readonly keys: string;
  readonly text: string;
}

/** What a record is found by. */
export function entryOf(log: number, record: string): Entry | undefined {
  const parsed = parseRecord(record);
  if (parsed === undefined) return undefined;
  const { message, more } = parsed;
  const [nick = ""] = message.source.split("!", 1);
  const account = message.tags.get("account");
  const keys = [logKey(log), senderKey(nick), ...(account === undefined ? [] : [accountKey(account)])].join(
    " ",
  );
  const says = message.command === "PRIVMSG" || message.command === "NOTICE";
  return { keys, text: says ? searchable(wholeText(message.params[1] ?? "", more)) : "" };
}

/** What is asked for; all that is given must hold. */
export interface Wanted {
  readonly logs: readonly number[];
  readonly sender?: string | undefined;
  readonly account?: string | undefined;
  readonly text?: string | undefined;
}

/** The same in the language of the index; undefined when the text has no word in it, so that nothing can be found. */
export function queryOf({ logs, sender, account, text }: Wanted): string | undefined {
  const keys: string[] = [];
  if (logs.length > 0) keys.push(`(${logs.map(logKey).join(" OR ")})`);
  if (sender !== undefined) keys.push(senderKey(sender));
  if (account !== undefined) keys.push(accountKey(account));
  const parts = [`keys : (${keys.join(" AND ")})`];
  if (text !== undefined) {
    const words = phrases(text);
    if (words.length === 0) return undefined;
    parts.push(`text : (${words.join(" AND ")})`);
  }
  return parts.join(" AND ");
}

/** Formatting that clients hide: colours with their numbers, bold and its like, CTCP's marks. */
const formatting =
  // deno-lint-ignore no-control-regex
  /^\x01ACTION |\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-f]{6}(?:,[0-9a-f]{6})?)?|[\x00-\x08\x0b-\x1f]/gi;
/** Written without spaces between words: each character is a word of its own, a word of the search a row of them. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const pictograph = /\p{Extended_Pictographic}/gu;

/** Text as the index is to split it: every character that is a word stands alone, pictographs by their number. */
function searchable(text: string): string {
  return text.replace(formatting, "")
    .replace(pictograph, (one) => ` u${one.codePointAt(0)?.toString(16)} `)
    .replace(unspaced, " $& ");
}

/** Each word of a search as a phrase that may go on: "fast" also finds "fasting". */
function phrases(text: string): string[] {
  return text.split(/\s+/u)
    .map((word) => searchable(word).replaceAll('"', " ").trim())
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => `"${word}"*`);
}

function logKey(log: number): string {
  return `l${log}`;
}

function senderKey(nick: string): string {
  return `n${hex(fold(nick))}`;
}

function accountKey(account: string): string {
  return `a${hex(fold(account))}`;
}

/** Letters and digits only, as the index would split anything else. */
function hex(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
