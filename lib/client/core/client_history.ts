/**
 * Reads the history that the server stores: pages of a buffer, search results, and the people we talked with. The
 * events are results of these methods; the event handler of the client does not receive them.
 */

import type { ChatEvent } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";
import { ActionError } from "../state/action_error.ts";
import type { HistoryPage, HistoryPosition, HistoryTarget } from "./history_requests.ts";
import {
  endOfTime,
  historyLine,
  messageCount,
  namesByIds,
  newestOf,
  nextPosition,
  readPage,
  targetsIn,
  targetsLine,
  timeReference,
} from "./history_requests.ts";
import { MessageSearch } from "./message_search.ts";
import type { ServerLink } from "./server_link.ts";
import { TargetSearch } from "./target_search.ts";
import { isChannel, isIgnored, withOpenBuffer } from "../state/state.ts";

/** The least to ask for in a further page, as joins and leaves can fill a small one. */
const minMoreEvents = 50;

/** One client's view of the stored history. */
export class ClientHistory {
  readonly #link: ServerLink;

  constructor(link: ServerLink) {
    this.#link = link;
  }

  /**
   * The newest messages, or those before a message. They are fewer than `limit` only at the beginning of the history.
   * Rejects with an ActionError.
   */
  latest(
    buffer: string,
    { before, limit }: { readonly before?: string; readonly limit?: number } = {},
  ): Promise<HistoryPage> {
    // Without a connection the request fails and says so; then it is not known what the server can do.
    if (this.#link.isOnline && !this.#link.state.caps.has("draft/chathistory")) {
      return Promise.reject(new ActionError("This server stores no history"));
    }
    const reference = before?.includes("=") ? before : `msgid=${before}`;
    return this.page(buffer, before === undefined ? { at: "latest" } : { at: "before", reference }, limit);
  }

  /**
   * The newest messages, or those before a message, as one page. The server counts joins and leaves too and limits its
   * answers, so a page can need several requests; `maxRequests` limits them, and the page then says that there is more.
   */
  async page(
    buffer: string,
    position: HistoryPosition,
    limit?: number,
    maxRequests = Infinity,
  ): Promise<HistoryPage> {
    const wanted = limit ?? 1;
    let whole: HistoryPage | undefined;
    let requests = 0;
    for await (const older of this.pages(buffer, position, limit, Math.max(wanted, minMoreEvents))) {
      const last = whole?.last ?? older.last;
      whole = { ...older, events: [...older.events, ...whole?.events ?? []], ...(last && { last }) };
      if (messageCount(whole) >= wanted || ++requests >= maxRequests) break;
    }
    if (whole === undefined) return { events: [], more: false };
    const { state } = this.#link;
    if (whole.events.length > 0 && !isChannel(state, buffer)) {
      this.#link.state = withOpenBuffer(state, buffer);
    }
    return limit === undefined ? whole : newestOf(whole, limit);
  }

  /**
   * The pages from a position on, in the direction of the position, until the server has no more. `limit` is for the
   * first one, `nextLimit` for the others. An iteration rejects with an ActionError for a refusal. When it
   * reads forward (after a message), all pages are wanted: it asks for the next one before it passes this one.
   */
  async *pages(
    buffer: string,
    position: HistoryPosition,
    limit?: number,
    nextLimit = limit,
  ): AsyncGenerator<HistoryPage> {
    const asked = new Set<string>();
    let page = await this.part(buffer, position, limit);
    for (let next = nextPosition(position, page, asked); next !== undefined;) {
      const ask = this.part.bind(this, buffer, next, nextLimit);
      const early = next.at === "after" ? ask() : undefined;
      // The iteration can end before it is used.
      early?.catch(() => {});
      yield page;
      const known = new Set(page.events.map(eventKey));
      const answer = await (early ?? ask());
      page = { ...answer, events: answer.events.filter((event) => !known.has(eventKey(event))) };
      next = nextPosition(next, page, asked);
    }
    yield page;
  }

  /**
   * Searches for messages as a person writes it: words, phrases in quotes, from:ann, has:file (irc/search_operators.ts).
   * The results come in pages. Throws an ActionError for a date or a kind that nobody understands.
   * `activeBuffer` is searched on servers that search one conversation only.
   */
  search(written: string, activeBuffer = ""): MessageSearch {
    return new MessageSearch(this.#link, written, activeBuffer);
  }

  /**
   * All people we exchanged messages with, with the time of the last message, the latest first; `since` is in
   * milliseconds since 1970. Rejects with an ActionError.
   */
  async conversations(since = 0): Promise<readonly HistoryTarget[]> {
    const search = new TargetSearch(Math.max(0, since), endOfTime);
    for (let times = search.next; times !== undefined; times = search.next) {
      const { state } = this.#link;
      search.add(targetsIn(state, await this.#link.request(targetsLine(state, ...times))));
    }
    const { state } = this.#link;
    return search.found.filter(({ name }) => !isChannel(state, name) && !isIgnored(state, `${name}!*@*`));
  }

  /**
   * How CHATHISTORY names a message, to ask for what follows. A time excludes the other messages of its millisecond, so
   * it is one millisecond earlier, and the message comes again.
   */
  referenceOf({ id, at }: { readonly id?: string; readonly at: number }): string {
    return id !== undefined && namesByIds(this.#link.state) ? `msgid=${id}` : timeReference(at - 1);
  }

  /** The answer to one request: at most `limit` messages, joins and leaves. Rejects with an ActionError. */
  async part(buffer: string, position: HistoryPosition, limit?: number): Promise<HistoryPage> {
    const { state } = this.#link;
    const page = readPage(state, await this.#link.request(historyLine(state, buffer, position, limit)));
    if (isChannel(state, buffer)) return page;
    // The person can have had other nicks.
    return {
      ...page,
      events: page.events.map((event) => isMessageEvent(event) ? { ...event, buffer } : event),
    };
  }
}

/** The same for the same event in two pages that overlap. */
function eventKey(event: ChatEvent): string {
  return "id" in event && event.kind === "said" && event.id !== undefined ? event.id : JSON.stringify(event);
}
