/**
 * One search in the stored messages (soju.im/search), page after page from the newest result on. A server limits its
 * answers, and no answer says whether there are more: the next request shows that.
 */

import type { SearchQuery } from "./history_requests.ts";
import { readPage, searchLine } from "./history_requests.ts";
import type { ServerLink } from "./server_link.ts";
import { ActionError } from "../state/action_error.ts";
import type { SaidEvent } from "../state/event.ts";
import { messageKey } from "../state/unread.ts";

/** One search. */
export class MessageSearch {
  readonly #link: ServerLink;
  readonly #query: SearchQuery;
  readonly #known = new Set<string>();
  /** The results are before this time, in milliseconds since 1970. */
  #before: number | undefined;
  /** The page that was asked for ahead. */
  #ahead: Promise<readonly SaidEvent[]> | undefined;

  constructor(link: ServerLink, query: SearchQuery) {
    this.#link = link;
    this.#query = query;
  }

  /** The next results, older than those before, oldest first; empty at the end. Rejects with an ActionError. */
  async next(): Promise<readonly SaidEvent[]> {
    const page = this.#ahead ?? this.#fetch();
    this.#ahead = undefined;
    return await page;
  }

  /** Whether there are older results. */
  async hasMore(): Promise<boolean> {
    this.#ahead ??= this.#fetch();
    return (await this.#ahead.catch(() => [])).length > 0;
  }

  async #fetch(): Promise<readonly SaidEvent[]> {
    for (;;) {
      const found = await this.#request();
      if (found.length === 0) return [];
      const fresh = found.filter((said) => !this.#known.has(messageKey(said)));
      for (const said of fresh) this.#known.add(messageKey(said));
      const oldest = found.reduce((least, { at }) => Math.min(least, at), Infinity);
      // Several messages can have the time of the oldest one, so it is asked for once more.
      this.#before = Math.min(oldest + 1, (this.#before ?? Infinity) - 1);
      if (fresh.length > 0) return fresh;
    }
  }

  async #request(): Promise<readonly SaidEvent[]> {
    const { state, isOnline } = this.#link;
    if (isOnline && !state.caps.has("soju.im/search")) throw new ActionError("This server cannot search");
    const before = this.#before === undefined ? {} : { before: new Date(this.#before).toISOString() };
    const { events } = readPage(state, await this.#link.request(searchLine({ ...this.#query, ...before })));
    return events.filter((event) => event.kind === "said");
  }
}
