/**
 * The words of a record in the search index, the query of a search in the language of the index, and whether a record
 * matches without the index. Pure. The index needs the same words again to remove a record, so a change here, or in the
 * files of lib/irc that it uses, needs a new `wordsVersion`: then the index is built again.
 *
 * The index splits only at spaces and ASCII symbols (tokenizer "ascii"); lib/irc/search_words.ts finds the words. Each
 * word begins with the name of its section (search_sections.ts), so that a query reads one section only.
 */
import { foldText } from "../../irc/folded_text.ts";
import { type ContentKind, contentsOf } from "../../irc/message_contents.ts";
import { fold } from "../../irc/names.ts";
import { parseRecord, wholeText } from "../../irc/record.ts";
import {
  matchesFolded,
  parseTextQuery,
  type QueryWord,
  type TextQuery,
  visibleText,
} from "../../irc/search_text.ts";
import { symbolsOf, wordsOf } from "../../irc/search_words.ts";

/** The version of the words. */
export const wordsVersion = 6;

/** The words of the two columns of the index. */
export interface IndexEntry {
  /** For the log, the sender and the sender's account of a record, for its symbols and for what it contains. */
  readonly keys: readonly string[];
  readonly text: readonly string[];
}

/** The index entry of a record. */
export function entryOf(log: number, record: string): IndexEntry | undefined {
  const read = readRecord(log, record);
  return read && { keys: read.keys, text: read.folded === undefined ? [] : wordsOf(read.folded) };
}

/** All words of an entry in the order in which slices remove them; the entry can be found until the last slice. */
export function removalOrder({ keys, text }: IndexEntry): IndexEntry & { readonly count: number } {
  return { keys: keys.toReversed(), text, count: keys.length + text.length };
}

/** The words from `from` to `until` in the order of removal; `until` is not included. */
export function slice({ keys, text }: IndexEntry, from: number, until = Infinity): IndexEntry {
  const inKeys = (at: number) => Math.max(0, at - text.length);
  return { keys: keys.slice(inKeys(from), inKeys(until)), text: text.slice(from, until) };
}

/** The keys of a record and, for a message, its folded text. */
function readRecord(
  log: number,
  record: string,
): { keys: readonly string[]; folded: string | undefined } | undefined {
  const parsed = parseRecord(record);
  if (parsed === undefined) return undefined;
  const { message, more } = parsed;
  const [nick = ""] = message.source.split("!", 1);
  const account = message.tags.get("account");
  const keys = [logKey(log), senderKey(nick)];
  if (account !== undefined) keys.push(accountKey(account));
  const says = message.command === "PRIVMSG" || message.command === "NOTICE";
  if (!says) return { keys, folded: undefined };
  const text = visibleText(wholeText(message.params[1] ?? "", more));
  const folded = foldText(text);
  for (const symbols of symbolsOf(folded)) keys.push(symbolKey(symbols));
  for (const kind of contentsOf(text)) keys.push(contentKey(kind));
  return { keys, folded };
}

/** The words of one column in a section. */
export function inSection(section: string, words: readonly string[]): string {
  return words.length === 0 ? "" : section + words.join(` ${section}`);
}

/** The conditions of a search; all of them must hold. */
export interface SearchTerms {
  /** An empty list means all. */
  readonly logs: readonly number[];
  /** The nick of the sender when it wrote the message. */
  readonly sender?: string | undefined;
  /** Nicks that the sender had before. */
  readonly formerNicks?: readonly string[] | undefined;
  /** An account of the sender; its messages under other nicks are found too. */
  readonly senderAccount?: string | undefined;
  readonly account?: string | undefined;
  readonly text?: string | undefined;
  /** The message contains all of these. */
  readonly has?: readonly ContentKind[] | undefined;
}

/** A search that is ready to run. */
export interface CompiledSearch {
  /** The query for one section of the index; it finds all records that match, and more if `isExact` is false. */
  query(section: string): string;
  readonly isExact: boolean;
  /** Whether there is no condition, so that the index cannot be asked. */
  readonly isEmpty: boolean;
  /** Whether a record matches. */
  matches(log: number, record: string): boolean;
}

/** Prepares a search; undefined if the text contains nothing to search for, so that nothing can match. */
export function compileSearch(terms: SearchTerms): CompiledSearch | undefined {
  const text = terms.text === undefined ? undefined : parseTextQuery(terms.text);
  if (terms.text !== undefined && text === undefined) return undefined;
  const groups = keyGroups(terms, text?.symbols ?? []);
  const isExact = !text?.phrases.some((phrase) =>
    phrase.some(({ literal, joins }) => literal !== undefined || joins.includes(true)) ||
    wordsIn(phrase).length > askedWords
  );
  const template = queryTemplate(groups, text);
  return {
    query: (section) => template.replaceAll("\0", section),
    isExact,
    isEmpty: template === "",
    matches: (log, record) => {
      if (text !== undefined && !canContain(record, text)) return false;
      const read = readRecord(log, record);
      return read !== undefined && groups.every((group) => group.some((key) => hasKey(read.keys, key))) &&
        (text === undefined || (read.folded !== undefined && matchesFolded(read.folded, text)));
    },
  };
}

/** The words of a phrase that the index is asked for: a long phrase of the same words would take seconds. */
const askedWords = 8;

function wordsIn(phrase: readonly QueryWord[]): string[] {
  return phrase.flatMap(({ words }) => words);
}

/** A quick check: whether a record can contain the words. It must be read if it has formatting, lines or more letters. */
function canContain(record: string, { phrases }: TextQuery): boolean {
  if (!/^[ -~]*$/.test(record)) return true;
  const text = record.toLowerCase();
  return phrases.every((phrase) => phrase.every(({ words }) => words.every((word) => text.includes(word))));
}

/** "*" at the end stands for more. */
function hasKey(keys: readonly string[], wanted: string): boolean {
  return wanted.endsWith("*")
    ? keys.some((key) => key.startsWith(wanted.slice(0, -1)))
    : keys.includes(wanted);
}

/** Groups of keys; a record must have one key of each group. */
function keyGroups(terms: SearchTerms, symbols: readonly string[]): string[][] {
  const { logs, sender, formerNicks = [], senderAccount, account, has = [] } = terms;
  const senders = [
    ...(sender === undefined ? [] : [sender, ...formerNicks].map(senderKey)),
    ...(senderAccount === undefined ? [] : [accountKey(senderAccount)]),
  ];
  const groups = [logs.map(logKey), senders, account === undefined ? [] : [accountKey(account)]];
  return [
    ...groups.filter((group) => group.length > 0),
    ...symbols.map((one) => [symbolKey(one) + (one.length > 1 ? "*" : "")]),
    ...has.map((kind) => [contentKey(kind)]),
  ];
}

/** A query with NUL in place of the section. */
function queryTemplate(groups: readonly string[][], text: TextQuery | undefined): string {
  const keys = groups.map((group) => group.map((key) => `\0${key}`).join(" OR "))
    .map((group) => group.includes(" ") ? `(${group})` : group);
  const parts = keys.length === 0 ? [] : [`keys : (${keys.join(" AND ")})`];
  const phrases = (text?.phrases ?? []).map((phrase) => {
    const words = wordsIn(phrase);
    const asked = words.slice(0, askedWords).map((word) => `\0${word}`).join(" ");
    return `"${asked}"${phrase.at(-1)?.isOpen && words.length <= askedWords ? "*" : ""}`;
  });
  if (phrases.length > 0) parts.push(`text : (${phrases.join(" AND ")})`);
  return parts.join(" AND ");
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

function symbolKey(symbols: string): string {
  return `s${hex(symbols)}`;
}

function contentKey(kind: ContentKind): string {
  return `h${kind}`;
}

/** Only letters and digits, because the index splits at other characters. */
function hex(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
