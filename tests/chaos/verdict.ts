/**
 * The checks after a chaos run, when everything is mended: they compare the promises to people with the data of the
 * machines.
 * Each check returns sentences, one for each broken promise; none is good.
 */
import type { HistoryRecord, Observer } from "./observer.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { orderOf, type Seen, type Talker } from "./talker.ts";

/** The records of each channel or conversation, as one place has them. */
export type Histories = ReadonlyMap<string, readonly HistoryRecord[]>;

/** Sentences that compare one machine with the first one. */
export function differences(what: string, all: ReadonlyMap<string, readonly string[]>): string[] {
  const [first, ...others] = [...all];
  if (first === undefined) return [];
  const [firstName, expected] = first;
  return others.flatMap(([name, found]) => {
    if (expected.join("\n") === found.join("\n")) return [];
    const missing = expected.filter((line) => !found.includes(line));
    const more = found.filter((line) => !expected.includes(line));
    if (missing.length + more.length === 0) return [`${what}: another order on ${name} than on ${firstName}`];
    return [
      ...missing.slice(0, 5).map((line) => `${what}: ${firstName} has, ${name} has not: ${line}`),
      ...more.slice(0, 5).map((line) => `${what}: ${name} has, ${firstName} has not: ${line}`),
    ];
  });
}

/** The topic of a channel is the last one that was confirmed, or a later one whose answer was lost. */
export function checkTopics(ledger: Ledger, state: readonly string[], channels: readonly string[]): string[] {
  return channels.flatMap((channel) => {
    const set = ledger.of("topic", "done", "unknown").filter(({ target }) => target === channel);
    const from = set.findLastIndex(({ outcome }) => outcome === "done");
    const possible = set.slice(Math.max(0, from)).map(({ what }) => `332 ${channel} ${what}`);
    const shown = state.filter((fact) => fact.startsWith(`332 ${channel} `));
    if (from < 0 || possible.some((fact) => shown.includes(fact))) return [];
    return [`${channel} has ${shown}, and the last confirmed was ${possible[0]}`];
  });
}

/** Every echoed message is there once, with its id and time; every other one at most once, a refused one never. */
export function checkMessages(
  ledger: Ledger,
  histories: Histories,
  where: string,
  by?: string,
): MessageFigures {
  const figures: MessageFigures = { echoed: 0, lost: [], doubled: [], refusedButThere: [] };
  const gone = new Set(deletions(ledger, "done", "unknown").map(({ what }) => what));
  const byText = new Map<string, HistoryRecord[]>();
  for (const told of [...histories.values()].flat()) {
    if (told.message.command !== "PRIVMSG") continue;
    const [target = "", text = ""] = told.message.params;
    const key = `${target} ${text}`;
    byText.set(key, [...byText.get(key) ?? [], told]);
  }
  for (const entry of ledger.entries.filter(({ action }) => action === "message")) {
    if (!histories.has(entry.target) || (by !== undefined && entry.by !== by)) continue;
    const found = byText.get(`${entry.target} ${entry.what}`) ?? [];
    const sentence = `"${entry.what}" of ${entry.by} to ${entry.target}, ${
      entry.id ?? "without id"
    }, ${where}`;
    if (found.length > 1) figures.doubled.push(sentence);
    if (entry.outcome === "refused" && found.length > 0) figures.refusedButThere.push(sentence);
    if (entry.outcome !== "done") continue;
    figures.echoed++;
    const isThere = found.some(({ message: { tags } }) =>
      tags.get("msgid") === entry.id && tags.get("time") === entry.time
    );
    if (!isThere && !gone.has(entry.id ?? "")) figures.lost.push(sentence);
  }
  return figures;
}

/** The result of checkMessages. */
export interface MessageFigures {
  echoed: number;
  readonly lost: string[];
  readonly doubled: string[];
  readonly refusedButThere: string[];
}

/** The ids of messages grow, and times never go back. The users of a lost machine quit by one event, with one id. */
export function checkOrder(histories: Histories, where: string): string[] {
  return [...histories].flatMap(([target, told]) => {
    const marked = told.filter(({ message }) => message.tags.has("msgid") && message.command !== "REDACT");
    return marked.flatMap(({ message: { tags, command }, line }, at) => {
      const before = marked[at - 1]?.message;
      if (before === undefined) return [];
      const grown = orderOf(tags.get("msgid") ?? "") - orderOf(before.tags.get("msgid") ?? "");
      const isOneEvent = grown === 0 && command !== "PRIVMSG" && before.command === command;
      const isLater = (before.tags.get("time") ?? "") <= (tags.get("time") ?? "");
      return (grown > 0 || isOneEvent) && isLater ? [] : [`${target} ${where}: order of ${line}`];
    });
  });
}

/** Every person saw each message of its channels, live or by reading what it missed. */
export function checkSeen(talkers: readonly Talker[], histories: Histories): string[] {
  return talkers.flatMap(({ seen, options }) =>
    options.channels.flatMap((channel) => {
      const own = seen.get(channel) ?? new Map<string, Seen>();
      const from = Math.min(...[...own.keys()].map(orderOf));
      return (histories.get(channel) ?? []).flatMap(({ message: { command, tags, params } }) => {
        const id = tags.get("msgid") ?? "";
        if (command !== "PRIVMSG" || orderOf(id) < from || own.has(id)) return [];
        return [`${options.nick} never saw "${params[1]}" in ${channel}`];
      });
    })
  );
}

/** A message whose deletion was confirmed is in no history and in no search. */
export async function checkDeleted(
  ledger: Ledger,
  observer: Observer,
  histories: Histories,
  where: string,
): Promise<string[]> {
  const shown: string[] = [];
  const ids = new Set(deletions(ledger, "done").map(({ what }) => what));
  for (const { message: { command, tags, params } } of [...histories.values()].flat()) {
    if (command === "PRIVMSG" && ids.has(tags.get("msgid") ?? "")) {
      shown.push(`history ${where}: "${params[1]}" is deleted`);
    }
  }
  for (const word of deletedWords(ledger)) {
    if ((await observer.search(word)).length > 0) shown.push(`search ${where}: "${word}" is deleted`);
  }
  return shown;
}

/** A word of each message whose deletion was confirmed, which is nowhere else. */
export function deletedWords(ledger: Ledger): string[] {
  const texts = new Map(ledger.of("message", "done").map(({ id, what }) => [id, what]));
  return deletions(ledger, "done").map(({ what }) => lastWord(texts.get(what) ?? ""));
}

/** Files below a folder that still contain one of the words. */
export async function checkFiles(folder: string, words: readonly string[], where: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await checkFiles(path, words, where));
    if (!entry.isFile) continue;
    const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
    found.push(
      ...words.filter((word) => text.includes(word)).map((word) =>
        `file ${entry.name} ${where}: "${word}" is deleted`
      ),
    );
  }
  return found;
}

/** Every sent command has an end, and every refusal a sentence. */
export function checkAnswers(ledger: Ledger): string[] {
  return ledger.entries.flatMap(({ action, by, target, outcome, words = "" }) => {
    if (outcome === "waiting") return [`${by} got no answer: ${action} ${target}`];
    return outcome === "refused" && !words.includes(" ")
      ? [`${by} got a refusal without a sentence: ${action} ${target}`]
      : [];
  });
}

/** Each word of a sample of the echoed messages is found. */
export async function checkSearch(
  ledger: Ledger,
  observer: Observer,
  histories: Histories,
  where: string,
): Promise<string[]> {
  const gone = new Set(deletions(ledger, "done", "unknown").map(({ what }) => what));
  const kept = ledger.of("message", "done").filter(({ id, target }) =>
    histories.has(target) && !gone.has(id ?? "")
  );
  const step = Math.max(1, Math.floor(kept.length / sampleSize));
  const lost: string[] = [];
  for (let at = 0; at < kept.length; at += step) {
    const word = lastWord(kept[at]?.what ?? "");
    const { length } = await observer.search(word);
    if (length !== 1) lost.push(`search ${where}: "${word}" is found ${length} times`);
  }
  return lost;
}

const sampleSize = 100;

function deletions(ledger: Ledger, ...outcomes: Entry["outcome"][]): Entry[] {
  return ledger.of("delete", ...outcomes);
}

function lastWord(text: string): string {
  return text.slice(text.lastIndexOf(" ") + 1);
}
