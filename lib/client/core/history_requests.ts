/**
 * Requests for the history (IRCv3 chathistory, soju.im/search), and their answers as events. The history does not
 * change the state: a person who joined then can be offline now. Pure.
 */

import type { Message } from "../../irc/message.ts";
import { escapeTagValue } from "../../irc/message.ts";
import type { ChatEvent } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";
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

/** A search; give at least one of text, in and from. */
export interface SearchQuery {
  readonly text?: string;
  /** A channel, or the person of a conversation. */
  readonly in?: string;
  readonly from?: string;
  readonly limit?: number;
}

/** The position of a page: the newest messages, or those before or after one. A reference is "msgid=…" or "timestamp=…". */
export type HistoryPosition =
  | { readonly at: "latest" }
  | { readonly at: "before" | "after"; readonly reference: string };

const defaultLimit = 50;

/** The request for a page. */
export function historyLine(
  state: State,
  buffer: string,
  position: HistoryPosition,
  limit = defaultLimit,
): string {
  const most = Number(state.isupport.get("CHATHISTORY")) || limit;
  const count = Math.max(1, Math.min(limit, most));
  const reference = position.at === "latest" ? "*" : position.reference;
  return `CHATHISTORY ${position.at.toUpperCase()} ${buffer} ${reference} ${count}`;
}

/** The request for all conversations between two times, in milliseconds since 1970. */
export function targetsLine(from: number, to: number): string {
  const [one, other] = [from, to].map((at) => new Date(at).toISOString());
  return `CHATHISTORY TARGETS timestamp=${one} timestamp=${other} ${defaultLimit}`;
}

/** The names in the answer to targetsLine(). */
export function targetsIn(answer: readonly Message[]): string[] {
  return answer.filter(({ command, params }) => command === "CHATHISTORY" && params[0] === "TARGETS")
    .map(({ params }) => params[1] ?? "").filter((name) => name !== "");
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
  const references = messages.map(referenceOf).filter((reference) => reference !== undefined);
  const [first, last] = [references[0], references.at(-1)];
  return {
    events: messages.flatMap((message) => eventsOf(state, message)),
    more: !isEnd && messages.length > 0,
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
  };
}

function referenceOf({ tags }: Message): string | undefined {
  const [id, time] = [tags.get("msgid"), tags.get("time")];
  return id !== undefined ? `msgid=${id}` : time === undefined ? undefined : `timestamp=${time}`;
}

function eventsOf(state: State, message: Message): ChatEvent[] {
  const at = Date.parse(message.tags.get("time") ?? "") || 0;
  return receive(state, { message, at, history: true }).events.filter(isMessageEvent);
}
