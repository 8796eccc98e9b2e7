/**
 * Reads the history that the server stores: pages of a buffer, search results, and the people we talked with. The
 * events are results of these methods; the event handler of the client does not receive them.
 */

import type { ChatEvent } from "../state/event.ts";
import { ActionError } from "../state/action_error.ts";
import type { HistoryPage, HistoryPosition, SearchQuery } from "./history_requests.ts";
import {
  historyLine,
  messageCount,
  newestOf,
  readPage,
  searchLine,
  targetsIn,
  targetsLine,
} from "./history_requests.ts";
import type { ServerLink } from "./server_link.ts";
import { isChannel, withOpenBuffer } from "../state/state.ts";

const maxMorePages = 5;
/** The least to ask for in a further page, as joins and leaves can fill a small one. */
const minMoreEvents = 50;

/** One client's view of the stored history. */
export class ClientHistory {
  readonly #link: ServerLink;

  constructor(link: ServerLink) {
    this.#link = link;
  }

  /** The newest messages, or those before a message. Rejects with an ActionError. */
  latest(
    buffer: string,
    { before, limit }: { readonly before?: string; readonly limit?: number } = {},
  ): Promise<HistoryPage> {
    if (!this.#link.state.caps.has("draft/chathistory")) {
      return Promise.reject(new ActionError("This server stores no history"));
    }
    const reference = before?.includes("=") ? before : `msgid=${before}`;
    return this.page(buffer, before === undefined ? { at: "latest" } : { at: "before", reference }, limit);
  }

  /** One page. The server counts joins and leaves too, so a page can need several requests. */
  async page(buffer: string, position: HistoryPosition, limit?: number): Promise<HistoryPage> {
    let page = await this.#request(buffer, position, limit);
    const wanted = position.at === "after" ? 0 : limit ?? 1;
    for (let more = 0; more < maxMorePages && messageCount(page) < wanted && page.more; more++) {
      if (page.first === undefined) break;
      const reference = page.first;
      const older = await this.#request(buffer, { at: "before", reference }, Math.max(wanted, minMoreEvents));
      const { last = older.last } = page;
      page = { ...older, events: [...older.events, ...page.events], ...(last !== undefined && { last }) };
    }
    const { state } = this.#link;
    if (page.events.length > 0 && !isChannel(state, buffer)) this.#link.state = withOpenBuffer(state, buffer);
    return position.at === "after" || limit === undefined ? page : newestOf(page, limit);
  }

  /** Messages that contain all words of a text, oldest first. Rejects with an ActionError. */
  async search(text: string, where: Omit<SearchQuery, "text"> = {}): Promise<readonly ChatEvent[]> {
    const { state } = this.#link;
    if (!state.caps.has("soju.im/search")) throw new ActionError("This server cannot search");
    return readPage(state, await this.#link.request(searchLine({ text, ...where }))).events;
  }

  /** The people we exchanged messages with between two times, in milliseconds since 1970. */
  async conversations(from: number, to: number): Promise<readonly string[]> {
    const names = targetsIn(await this.#link.request(targetsLine(from, to)));
    return names.filter((name) => !isChannel(this.#link.state, name));
  }

  async #request(buffer: string, position: HistoryPosition, limit?: number): Promise<HistoryPage> {
    const { state } = this.#link;
    return readPage(state, await this.#link.request(historyLine(state, buffer, position, limit)));
  }
}
