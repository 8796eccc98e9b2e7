/**
 * Asking for what was said before (IRCv3 chathistory, soju.im/search): the lines that ask, and the answers read as
 * events. The past changes nothing that is known of the present: who joined then is not here now.
 */

import type { Message } from "../../irc/message.ts";
import { escapeTagValue } from "../../irc/message.ts";
import type { ChatEvent } from "./event.ts";
import { isMessageEvent } from "./event.ts";
import { receive } from "./receive.ts";
import { throwRefusal } from "./refusals.ts";
import type { State } from "./state.ts";

/** Part of what was said in a buffer, oldest first. */
export interface HistoryPage {
  /** Said, reacted and redacted; `history` is true in each. */
  readonly events: readonly ChatEvent[];
  /** There is more beyond it. */
  readonly more: boolean;
  /** The first and the last message of it as CHATHISTORY names them: "msgid=…". */
  readonly first?: string;
  readonly last?: string;
}

/** What to look for; at least one should be given. */
export interface SearchQuery {
  readonly text?: string;
  /** A room, or a person one talked to. */
  readonly in?: string;
  readonly from?: string;
  readonly limit?: number;
}

/** Where a page lies: the newest ones, those before a message, those after. A reference is "msgid=…" or "timestamp=…". */
export type HistoryPosition =
  | { readonly at: "latest" }
  | { readonly at: "before" | "after"; readonly reference: string };

const usualLimit = 50;

/** The line that asks for a page. */
export function historyLine(
  state: State,
  buffer: string,
  place: HistoryPosition,
  limit = usualLimit,
): string {
  const most = Number(state.isupport.get("CHATHISTORY")) || limit;
  const count = Math.max(1, Math.min(limit, most));
  const reference = place.at === "latest" ? "*" : place.reference;
  return `CHATHISTORY ${place.at.toUpperCase()} ${buffer} ${reference} ${count}`;
}

/** The line that asks with whom there was talk between two times, in milliseconds since 1970. */
export function targetsLine(from: number, to: number): string {
  const [one, other] = [from, to].map((at) => new Date(at).toISOString());
  return `CHATHISTORY TARGETS timestamp=${one} timestamp=${other} ${usualLimit}`;
}

/** The names in the answer to targetsLine(). */
export function targetsIn(answer: readonly Message[]): string[] {
  return answer.filter(({ command, params }) => command === "CHATHISTORY" && params[0] === "TARGETS")
    .map(({ params }) => params[1] ?? "").filter((name) => name !== "");
}

/** The line that asks for messages. */
export function searchLine(search: SearchQuery): string {
  const parts = Object.entries({ limit: usualLimit, ...search })
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${escapeTagValue(String(value))}`);
  return `SEARCH ${parts.join(";")}`;
}

/** How many messages are in a page, those that were only reacted to or taken back not counted. */
export function messageCount({ events }: HistoryPage): number {
  return events.filter(({ kind }) => kind === "said").length;
}

/** The page from its last but `count` messages on; whole when the first of them has no id to go on from. */
export function newestOf(page: HistoryPage, count: number): HistoryPage {
  const said = page.events.filter((event) => event.kind === "said");
  const start = said.at(-count);
  if (said.length <= count || start?.id === undefined) return page;
  const events = page.events.slice(page.events.indexOf(start));
  return { ...page, events, more: true, first: `msgid=${start.id}` };
}

/** The answer to historyLine() or searchLine(); throws a Refusal when the server gives none. */
export function readPage(state: State, answer: readonly Message[]): HistoryPage {
  throwRefusal(state, answer);
  const messages = answer.filter(({ command }) => command !== "BATCH");
  const isEnd = answer.some(({ tags }) => tags.has("draft/chathistory-end"));
  const references = messages.map(referenceOf).filter((reference) => reference !== undefined);
  const [first, last] = [references[0], references.at(-1)];
  return {
    events: messages.flatMap((message) => replay(state, message)),
    more: !isEnd && messages.length > 0,
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
  };
}

function referenceOf({ tags }: Message): string | undefined {
  const [id, time] = [tags.get("msgid"), tags.get("time")];
  return id !== undefined ? `msgid=${id}` : time === undefined ? undefined : `timestamp=${time}`;
}

function replay(state: State, message: Message): ChatEvent[] {
  const at = Date.parse(message.tags.get("time") ?? "") || 0;
  return receive(state, { message, at, history: true }).events.filter(isMessageEvent);
}
