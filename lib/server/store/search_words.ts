/**
 * The words of a record in the search index, and the query of a search. Pure. The index needs the same words again to
 * remove a record, so a change here needs a migration that rebuilds the index.
 */
import { fold } from "../../irc/names.ts";
import { parseRecord, wholeText } from "../../irc/record.ts";

/** The two columns of the index. */
export interface IndexEntry {
  /** Words for the log, the sender and the sender's account of a record. */
  readonly keys: string;
  readonly text: string;
}

/** The index entry of a record. */
export function entryOf(log: number, record: string): IndexEntry | undefined {
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

/** The conditions of a search; all of them must hold. */
export interface SearchTerms {
  readonly logs: readonly number[];
  /** The nick of the sender when it wrote the message. */
  readonly sender?: string | undefined;
  /** Nicks that the sender had before. */
  readonly formerNicks?: readonly string[] | undefined;
  /** An account of the sender; its messages under other nicks are found too. */
  readonly senderAccount?: string | undefined;
  readonly account?: string | undefined;
  readonly text?: string | undefined;
}

/** The query in the language of the index; undefined if the text contains no word, so that nothing can match. */
export function queryOf(terms: SearchTerms): string | undefined {
  const { logs, sender, formerNicks = [], senderAccount, account, text } = terms;
  const keys: string[] = [];
  if (logs.length > 0) keys.push(`(${logs.map(logKey).join(" OR ")})`);
  const senders = [
    ...(sender === undefined ? [] : [sender, ...formerNicks].map(senderKey)),
    ...(senderAccount === undefined ? [] : [accountKey(senderAccount)]),
  ];
  if (senders.length > 0) keys.push(senders.length === 1 ? senders.join("") : `(${senders.join(" OR ")})`);
  if (account !== undefined) keys.push(accountKey(account));
  const parts = [`keys : (${keys.join(" AND ")})`];
  if (text !== undefined) {
    const words = phrases(text);
    if (words.length === 0) return undefined;
    parts.push(`text : (${words.join(" AND ")})`);
  }
  return parts.join(" AND ");
}

/** Formatting that clients hide: colours with their numbers, bold and similar, and the marks of CTCP. */
const formatting =
  // deno-lint-ignore no-control-regex
  /^\x01ACTION |\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-f]{6}(?:,[0-9a-f]{6})?)?|[\x00-\x08\x0b-\x1f]/gi;
/** Scripts without spaces between words: each character is a word, and a word of the search is a sequence of them. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const pictograph = /\p{Extended_Pictographic}/gu;

/**
 * Text in the form the index splits correctly: each character that is a word stands alone, pictographs by their
 * number.
 */
function searchable(text: string): string {
  return text.replace(formatting, "")
    .replace(pictograph, (one) => ` u${one.codePointAt(0)?.toString(16)} `)
    .replace(unspaced, " $& ");
}

/** Each word of a search as a prefix phrase: "fast" also finds "fasting". */
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

/** Only letters and digits, because the index splits at other characters. */
function hex(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
