/**
 * Requests for the history (IRCv3 chathistory, soju.im/search), and their answers as events. The history does not
 * change the state: a person who joined then can be offline now. Pure.
 */

import type { Message } from "../../irc/message.ts";
import { escapeTagValue } from "../../irc/message.ts";
import type { ChatEvent } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";
import { currentBuffer } from "../state/renames.ts";
import { receive } from "../state/receive.ts";
import { throwRefusal } from "../state/refusals.ts";
import type { State } from "../state/state.ts";

/** A part of the history of a buffer, oldest first. */
export interface HistoryPage {
  /** Message events; `history` is true in each. */
  readonly events: readonly ChatEvent[];
  /** There is more after it, in the direction of the request. */
  readonly more: boolean;
  /** Its first and last message, as CHATHISTORY names them: "msgid=…". */
  readonly first?: string;
  readonly last?: string;
}

/** A channel or person of the history, and the time of the last message, in milliseconds since 1970. */
export interface HistoryTarget {
  readonly name: string;
  readonly at: number;
}

/** The parameters of a search. */
export interface SearchQuery {
  readonly text?: string;
  /** A channel, or the person of a conversation. */
  readonly in?: string;
  readonly from?: string;
  /** Kinds of contents with commas, for servers that know them. */
  readonly has?: string;
  /** A time, as server-time writes it. */
  readonly before?: string;
  readonly limit?: number;
}

/**
 * The position of a page: the newest messages, or those before, after or around one. A reference is "msgid=…" or
 * "timestamp=…".
 */
export type HistoryPosition =
  | { readonly at: "latest" }
  | { readonly at: "before" | "after" | "around"; readonly reference: string };

const defaultLimit = 50;
/** Later than every message. The clock of this computer can be slow. */
export const endOfTime = Date.parse("2200-01-01T00:00:00Z");

/** The request for a page. */
export function historyLine(
  state: State,
  buffer: string,
  position: HistoryPosition,
  limit = defaultLimit,
): string {
  const count = Math.max(1, Math.min(limit, maxPage(state) ?? limit));
  const reference = position.at === "latest" ? "*" : position.reference;
  return `CHATHISTORY ${position.at.toUpperCase()} ${buffer} ${reference} ${count}`;
}

/** The most messages in one answer; undefined when the server names no limit. */
function maxPage(state: State): number | undefined {
  return Number(state.isupport.get("CHATHISTORY")) || undefined;
}

/** The request for the channels and people with a last message between two times, from the first time on. */
export function targetsLine(state: State, from: number, to: number): string {
  const [one, other] = [from, to].map(timeReference);
  return `CHATHISTORY TARGETS ${one} ${other} ${maxPage(state) ?? defaultLimit}`;
}

/** The answer to targetsLine(), without entries that have no time; throws an ActionError for a refusal. */
export function targetsIn(state: State, answer: readonly Message[]): HistoryTarget[] {
  throwRefusal(state, answer);
  return answer.filter(({ command, params }) => command === "CHATHISTORY" && params[0] === "TARGETS")
    .map(({ params: [, name = "", time = ""] }) => ({
      name,
      at: Date.parse(time.replace(/^timestamp=/, "")),
    }))
    .filter(({ name, at }) => name !== "" && !Number.isNaN(at));
}

/** The request for a search. */
export function searchLine(search: SearchQuery): string {
  const parts = Object.entries({ limit: defaultLimit, ...search })
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${escapeTagValue(String(value))}`);
  return `SEARCH ${parts.join(";")}`;
}

/** The number of messages in a page, without reactions and deletions. */
export function messageCount({ events }: HistoryPage): number {
  return events.filter(({ kind }) => kind === "said").length;
}

/** The last `count` messages of a page; all of it when the first of them has no id for the next request. */
export function newestOf(page: HistoryPage, count: number): HistoryPage {
  const said = page.events.filter((event) => event.kind === "said");
  const start = said.at(-count);
  if (said.length <= count || start?.id === undefined) return page;
  const events = page.events.slice(page.events.indexOf(start));
  return { ...page, events, more: true, first: `msgid=${start.id}` };
}

/** Reads the answer to historyLine() or searchLine(); throws an ActionError for a refusal. */
export function readPage(state: State, answer: readonly Message[]): HistoryPage {
  throwRefusal(state, answer);
  const messages = answer.filter(({ command }) => command !== "BATCH");
  const isEnd = answer.some(({ tags }) => tags.has("draft/chathistory-end"));
  const references = messages.map((message) => referenceOf(state, message))
    .filter((reference) => reference !== undefined);
  const [first, last] = [references[0], references.at(-1)];
  return {
    events: messages.flatMap((message) => eventsOf(state, message)),
    // A short page is not the end: a server can have a lower limit than the one we asked for.
    more: !isEnd && messages.length > 0,
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
  };
}

/**
 * The position of the page that follows in the same direction; undefined at the end. `asked` has the references so far:
 * a server that repeats itself ends the sequence. A time excludes all messages of its millisecond, so the next page
 * begins one millisecond earlier; its first messages are known then.
 */
export function nextPosition(
  { at }: HistoryPosition,
  page: HistoryPage,
  asked: Set<string>,
): HistoryPosition | undefined {
  const edge = at === "after" ? page.last : page.first;
  if (!page.more || edge === undefined) return undefined;
  const reference = [overlapping(edge, at === "after" ? -1 : 1), edge].find((one) => !asked.has(one));
  if (reference === undefined) return undefined;
  asked.add(reference);
  return { at: at === "after" ? "after" : "before", reference };
}

function overlapping(reference: string, ms: number): string {
  const [, time] = /^timestamp=(.*)$/.exec(reference) ?? [];
  const at = Date.parse(time ?? "");
  return Number.isNaN(at) ? reference : timeReference(at + ms);
}

/** How CHATHISTORY names a time, in milliseconds since 1970. */
export function timeReference(at: number): string {
  return `timestamp=${new Date(at).toISOString()}`;
}

/** Whether CHATHISTORY can name messages by their ids; some servers know times only. */
export function namesByIds({ isupport }: State): boolean {
  return isupport.get("MSGREFTYPES")?.split(",").includes("msgid") ?? true;
}

function referenceOf(state: State, { tags }: Message): string | undefined {
  const [id, time] = [tags.get("msgid"), tags.get("time")];
  if (id !== undefined && (namesByIds(state) || time === undefined)) return `msgid=${id}`;
  return time === undefined ? undefined : `timestamp=${time}`;
}

function eventsOf(state: State, message: Message): ChatEvent[] {
  const at = Date.parse(message.tags.get("time") ?? "") || 0;
  return receive(state, { message, at, history: true }).events.filter(isMessageEvent)
    .map((event) => ({ ...event, buffer: currentBuffer(state, event) }));
}
