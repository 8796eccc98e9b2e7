/**
 * One search in the stored messages (soju.im/search), page after page from the newest result on. A server limits its
 * answers, and no answer says whether there are more: the next request shows that.
 */

import type { Message } from "../../irc/message.ts";
import { contentsOf } from "../../irc/message_contents.ts";
import { parseSearch, type WrittenSearch } from "../../irc/search_operators.ts";
import { foundRanges, parseTextQuery, type TextQuery, type TextRange } from "../../irc/search_text.ts";
import type { SearchQuery } from "./history_requests.ts";
import { readPage, searchLine } from "./history_requests.ts";
import type { ServerLink } from "./server_link.ts";
import { ActionError } from "../state/action_error.ts";
import type { SaidEvent } from "../state/event.ts";
import { findBuffer, isChannel, type State } from "../state/state.ts";
import { messageKey } from "../state/unread.ts";

/** Requests for one page, where the server does not know has: and the client leaves messages out. */
const maxRequests = 20;

/** One search. */
export class MessageSearch {
  readonly #link: ServerLink;
  readonly #wanted: WrittenSearch;
  readonly #words: TextQuery | undefined;
  readonly #known = new Set<string>();
  readonly #activeBuffer: string;
  #onlyIn: string | undefined;
  /** The results are before this time, in milliseconds since 1970. */
  #before: number | undefined;
  /** The page that was asked for ahead. */
  #ahead: Promise<readonly SaidEvent[]> | undefined;

  /**
   * `written` is what the person wrote; see irc/search_operators.ts. `activeBuffer` is searched on servers that search
   * one conversation only; it can be "". Throws an ActionError when the text cannot be read.
   */
  constructor(link: ServerLink, written: string, activeBuffer: string) {
    const wanted = parseSearch(written, { nowMs: link.now });
    if (wanted.problem !== undefined) throw new ActionError(wanted.problem);
    this.#link = link;
    this.#wanted = wanted;
    this.#activeBuffer = activeBuffer;
    this.#words = parseTextQuery(wanted.text);
    this.#before = wanted.before;
  }

  /** Whether the person wrote anything to search for. */
  get isEmpty(): boolean {
    const { text, has, ...others } = this.#wanted;
    return text === "" && has.length + Object.keys(others).length === 0;
  }

  /** The conversation that was searched although the person named none, because the server searches one only. */
  get onlyIn(): string | undefined {
    return this.#onlyIn;
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

  /** The parts of a text without formatting that were searched for. */
  foundIn(text: string): readonly TextRange[] {
    return this.#words === undefined ? [] : foundRanges(text, this.#words);
  }

  async #fetch(): Promise<readonly SaidEvent[]> {
    const { after = -Infinity } = this.#wanted;
    for (let requests = 0; requests < maxRequests; requests++) {
      if ((this.#before ?? Infinity) < after) return [];
      const found = await this.#request();
      if (found.length === 0) return [];
      const fresh = found.filter((said) => !this.#known.has(messageKey(said)));
      for (const said of fresh) this.#known.add(messageKey(said));
      const oldest = found.reduce((least, { at }) => Math.min(least, at), Infinity);
      // Several messages can have the time of the oldest one, so it is asked for once more.
      this.#before = Math.min(oldest + 1, (this.#before ?? Infinity) - 1);
      const wanted = fresh.filter((said) => said.at >= after && this.#hasContents(said));
      if (wanted.length > 0) return wanted;
    }
    return [];
  }

  /** A server with "after" begins with the oldest messages, so it is not told; people want the newest ones first. */
  async #request(): Promise<readonly SaidEvent[]> {
    const { state, isOnline } = this.#link;
    if (isOnline && !state.caps.has("soju.im/search")) throw new ActionError("This server cannot search");
    const before = this.#before === undefined ? {} : { before: new Date(this.#before).toISOString() };
    const query = { ...this.#query(state), ...before };
    let answer = await this.#link.request(searchLine(query));
    if (query.in === undefined && answer.some(asksForPlace)) {
      if (!findBuffer(state, this.#activeBuffer)) {
        throw new ActionError("This server searches one channel only: write in:#CHANNEL too");
      }
      this.#onlyIn = this.#activeBuffer;
      answer = await this.#link.request(searchLine({ ...query, in: this.#onlyIn }));
    }
    const { events } = readPage(state, answer);
    return events.filter((event) => event.kind === "said");
  }

  #query(state: State): SearchQuery {
    const { text, has } = this.#wanted;
    const { in: target = this.#onlyIn, from } = this.#wanted;
    const knowsHas = state.offered.get("soju.im/search")?.split(",").includes("has") === true;
    return {
      // Another server would search for the quotes.
      text: knowsHas ? text : text.replace(/["\u201c-\u201f\u00ab\u00bb]/g, ""),
      ...(target !== undefined && { in: channelMeant(state, target) }),
      ...(from !== undefined && { from: from.toLowerCase() === "me" ? state.nick : from }),
      ...(knowsHas && has.length > 0 && { has: has.join() }),
    };
  }

  #hasContents({ text }: SaidEvent): boolean {
    const { has } = this.#wanted;
    if (has.length === 0) return true;
    const contents = contentsOf(text);
    return has.every((kind) => contents.has(kind));
  }
}

/** soju refuses a search without "in". */
function asksForPlace({ command, params }: Message): boolean {
  return command === "FAIL" && params[0] === "SEARCH" && params[2] === "in";
}

/** People leave out the "#" of a channel. */
function channelMeant(state: State, name: string): string {
  if (isChannel(state, name) || findBuffer(state, name) !== undefined) return name;
  return findBuffer(state, `#${name}`)?.name ?? name;
}
