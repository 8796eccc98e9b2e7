/**
 * Prints events to the display, as lines of event_rows.ts. Separators mark each new day, and the start and end of
 * history. Joins and leaves that arrive together become one line.
 */

import type { ChatEvent, Presence, Said } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";
import type { MessageSearch } from "../core/message_search.ts";
import { groupPresence, isGroupable } from "../text/presence_groups.ts";
import { type Span, withBold } from "../text/formatting.ts";
import { plainName } from "../text/plain.ts";
import { fold, type Folded } from "../../irc/names.ts";
import type { PresenceFilter } from "../text/presence_filter.ts";
import type { State } from "../state/state.ts";
import { findBuffer, isChannel } from "../state/state.ts";
import type { Display } from "./display.ts";
import type { FindMessage, Timestamps, TranscriptLine } from "./event_rows.ts";
import { dayOf, dayRow, eventLine, lineRows, noteRows, saidLine, separatorRow } from "./event_rows.ts";

/** The lines depend on the events and on this state. */
export interface TranscriptView {
  readonly state: State;
  readonly activeBuffer: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly findMessage: FindMessage;
}

/** Joins and leaves within this time become one line. */
const groupMs = 250;
/** After a page with fewer messages, servers that announce more seldom have more. */
const fullPage = 50;
/** How long after registration a refused login is shown again after the history. */
const loginRefusalMs = 10_000;

/** The transcript of one person. */
export class Transcript {
  readonly #display: Display;
  readonly #timestamps: Timestamps;
  readonly #presenceFilter: PresenceFilter;
  readonly #view: () => TranscriptView;
  #day: string;
  #presence: Presence[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The read marker, while history is printed. A separator is printed before the first newer message. */
  #readUpTo: number | undefined;
  /** The number of messages of the history that are not printed yet. */
  #historyLeft = 0;
  /** The buffer whose missed messages go on with the next page. */
  #continues: Folded | undefined;
  /** A refused login: shown again after the history, because the history can scroll it off the screen. */
  #loginRefusal: { readonly line: TranscriptLine; readonly until: number } | undefined;

  constructor(
    display: Display,
    { timestamps, presenceFilter }: {
      readonly timestamps: Timestamps;
      readonly presenceFilter: PresenceFilter;
    },
    view: () => TranscriptView,
  ) {
    this.#display = display;
    this.#timestamps = timestamps;
    this.#presenceFilter = presenceFilter;
    this.#view = view;
    this.#day = dayOf(view().now);
  }

  /** Prints an event, or collects it with others for one line. */
  add(event: ChatEvent): void {
    if (this.#presenceFilter.hides(event)) return;
    if (isGroupable(event)) {
      this.#presence.push(event as ChatEvent & Presence);
      this.#timer ??= setTimeout(() => this.flush(), groupMs);
      return;
    }
    this.flush();
    const { state, activeBuffer, findMessage } = this.#view();
    if (event.kind === "history") return this.#beginHistory(event);
    const isHistory = isMessageEvent(event) && event.history === true;
    if (!isHistory) this.#endHistory();
    if (event.kind === "said") this.#printNewRule(event);
    const line = event.kind === "said"
      ? saidLine(state, event, activeBuffer, findMessage)
      : eventLine(state, event, activeBuffer, findMessage);
    if (line !== undefined) this.#print(line, isSkippable(state, event));
    if (line !== undefined && event.kind === "status" && event.status === "login refused") {
      this.#loginRefusal = { line, until: Infinity };
    }
    if (event.kind === "status" && event.status === "logged in") this.#loginRefusal = undefined;
    if (event.kind === "status" && event.status === "ready" && this.#loginRefusal !== undefined) {
      this.#loginRefusal = { ...this.#loginRefusal, until: this.#view().now + loginRefusalMs };
    }
    if (isHistory && this.#historyLeft > 0 && --this.#historyLeft === 0) this.#printHistoryEnd();
  }

  /** Prints earlier messages between two rules; the words that a search found are bold. */
  printHistory(title: string, events: readonly ChatEvent[], search?: MessageSearch): void {
    this.printTitle(title);
    const before = this.#day;
    for (const event of events) this.add(search === undefined ? event : withFoundWords(event, search));
    this.#day = before;
    this.printTitle("end of history");
  }

  #beginHistory(
    { buffer, why, count, more, total = count }: Extract<ChatEvent, { readonly kind: "history" }>,
  ): void {
    const isContinued = this.#continues === fold(buffer);
    if (isContinued) this.#historyLeft = 0;
    // All missed messages are new.
    this.#readUpTo = why === "missed" ? undefined : findBuffer(this.#view().state, buffer)?.readUpTo;
    if (!isContinued) this.#endHistory();
    this.#continues = why === "missed" && more ? fold(buffer) : undefined;
    if (count === 0) return;
    this.#historyLeft = count;
    if (isContinued) return;
    const where = `${isChannel(this.#view().state, buffer) ? "in" : "with"} ${plainName(buffer)}`;
    // Reactions and deletions are no messages.
    const said = Math.min(count, total);
    const messages = said === 1 ? "message" : `${said} messages`;
    const isPart = more && count >= fullPage && total === count;
    const missed = isPart ? "missed messages" : total === 1 ? "1 missed message" : `${total} missed messages`;
    const shown = total > count ? `, the last ${count}` : "";
    this.printTitle(`${why === "opening" ? `last ${messages}` : missed} ${where}${shown}`);
  }

  /** Called early when the history is shorter than announced. */
  #endHistory(): void {
    if (this.#historyLeft === 0 && this.#continues === undefined) return;
    this.#continues = undefined;
    this.#printHistoryEnd();
  }

  #printHistoryEnd(): void {
    this.#historyLeft = 0;
    if (this.#continues !== undefined) return;
    this.printTitle("end of history");
    if (this.#loginRefusal !== undefined && this.#view().now < this.#loginRefusal.until) {
      this.#print(this.#loginRefusal.line);
    }
  }

  #printNewRule(event: ChatEvent & Said): void {
    if (this.#readUpTo === undefined) return;
    const isNew = event.at > this.#readUpTo && !event.own;
    if (isNew) this.#display.print([separatorRow("new")]);
    if (isNew || event.history !== true) this.#readUpTo = undefined;
  }

  /** An answer to a command. */
  printNote(body: readonly Span[]): void {
    this.flush();
    this.#display.print(noteRows(body, this.#display.columns));
  }

  /** An error, for the person. */
  printWarning(body: readonly Span[]): void {
    this.#print({ at: this.#view().now, symbol: "!", body });
  }

  /** A separator with a title. The words must be safe for a terminal. */
  printTitle(words: string): void {
    this.flush();
    this.#display.print([separatorRow(words)]);
  }

  /** Prints the collected joins and leaves. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#presence.splice(0);
    if (events.length === 0) return;
    const { state, activeBuffer, now } = this.#view();
    for (const { buffer, kinds, spans } of groupPresence(state, events, activeBuffer)) {
      const here = buffer.toLowerCase() === activeBuffer.toLowerCase();
      const where: Span[] = here ? [] : [{ text: `${plainName(buffer)} `, color: "channel" }];
      this.#print({ at: now, symbol: symbolOf(kinds), body: [...where, ...spans], faint: true });
    }
  }

  #print(line: TranscriptLine, skippable = false): void {
    const day = dayOf(line.at);
    if (day !== this.#day) this.#display.print([dayRow(line.at)]);
    this.#day = day;
    this.#display.print(lineRows(line, this.#timestamps, this.#display.columns), skippable);
  }
}

/** A channel message that does not mention us. In a flood it can be left out. */
function isSkippable(state: State, event: ChatEvent): boolean {
  return event.kind === "said" && event.history !== true && !event.own && !event.mention &&
    isChannel(state, event.buffer);
}

/** The symbol of the first event. */
function symbolOf([kind]: readonly Presence["kind"][]): string {
  return kind === "joined" ? "→" : kind === "renamed" ? "↔" : "←";
}

function withFoundWords(event: ChatEvent, search: MessageSearch): ChatEvent {
  return event.kind === "said" ? { ...event, text: withBold(event.text, search.foundIn(event.text)) } : event;
}
