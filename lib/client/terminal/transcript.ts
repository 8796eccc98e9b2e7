/**
 * What has happened, going down the screen: the lines of event_rows.ts into a display, a line where a day begins, and joins
 * and leaves of one burst gathered into one line.
 */

import type { ChatEvent, Presence, Said } from "../core/event.ts";
import { groupPresence, isGroupable } from "../text/presence_groups.ts";
import type { Span } from "../text/formatting.ts";
import { plainName } from "../text/plain.ts";
import type { PresenceFilter } from "../text/presence_filter.ts";
import type { State } from "../core/state.ts";
import { findBuffer, isChannel } from "../core/state.ts";
import type { Display } from "./display.ts";
import type { Line, Recall, Timestamps } from "./event_rows.ts";
import { dayOf, dayRow, eventLine, lineRows, noteRows, ruleRow, saidLine } from "./event_rows.ts";

/** What lines are made from besides the events. */
export interface Scene {
  readonly state: State;
  /** The buffer in front. */
  readonly front: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly recall: Recall;
}

/** How long joins and leaves are gathered. */
const burstMs = 250;
/** How long after the way in a refused login is told again behind what was said before. */
const alarmMs = 10_000;

/** One person's lines. */
export class Transcript {
  readonly #display: Display;
  readonly #timestamps: Timestamps;
  readonly #quiet: PresenceFilter;
  readonly #scene: () => Scene;
  #day: string;
  #burst: Presence[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How far the person has read, while the past of a buffer goes by; its first newer line gets a rule. */
  #readUpTo: number | undefined;
  /** How much of the past of a buffer is still to come. */
  #pastLeft = 0;
  /** What went wrong on the way in: what is shown of the past must not carry it away. */
  #alarm: { readonly line: Line; readonly until: number } | undefined;

  constructor(
    display: Display,
    { timestamps, quiet }: { readonly timestamps: Timestamps; readonly quiet: PresenceFilter },
    scene: () => Scene,
  ) {
    this.#display = display;
    this.#timestamps = timestamps;
    this.#quiet = quiet;
    this.#scene = scene;
    this.#day = dayOf(scene().now);
  }

  /** Prints an event, or keeps it for the line of its burst. */
  tell(event: ChatEvent): void {
    if (this.#quiet.hides(event)) return;
    if (isGroupable(event)) {
      this.#burst.push(event as ChatEvent & Presence);
      this.#timer ??= setTimeout(() => this.flush(), burstMs);
      return;
    }
    this.flush();
    const { state, front, recall } = this.#scene();
    if (event.kind === "history") return this.#past(event);
    const isPast = isSpeech(event) && event.history === true;
    if (!isPast) this.#endPast();
    if (event.kind === "said") this.#ruleNew(event);
    const line = event.kind === "said"
      ? saidLine(state, event, front, recall)
      : eventLine(state, event, front, recall);
    if (line !== undefined) this.#print(line, isFleeting(state, event));
    if (line !== undefined && event.kind === "status" && event.status === "login refused") {
      this.#alarm = { line, until: Infinity };
    }
    if (event.kind === "status" && event.status === "logged in") this.#alarm = undefined;
    if (event.kind === "status" && event.status === "ready" && this.#alarm !== undefined) {
      this.#alarm = { ...this.#alarm, until: this.#scene().now + alarmMs };
    }
    if (isPast && this.#pastLeft > 0 && --this.#pastLeft === 0) this.#ruleEnd();
  }

  /** What was said before, under a title. */
  past(title: string, events: readonly ChatEvent[]): void {
    this.title(title);
    const before = this.#day;
    for (const event of events) this.tell(event);
    this.#day = before;
    this.title("until here");
  }

  #past({ buffer, why, count }: Extract<ChatEvent, { readonly kind: "history" }>): void {
    // All that was missed is new.
    this.#readUpTo = why === "missed" ? undefined : findBuffer(this.#scene().state, buffer)?.readUpTo;
    this.#endPast();
    if (count === 0) return;
    this.#pastLeft = count;
    const room = plainName(buffer);
    const messages = count === 1 ? "1 message" : `${count} messages`;
    this.title(why === "opening" ? `last ${messages} in ${room}` : `${messages} missed in ${room}`);
  }

  /** The past may hold less than was announced. */
  #endPast(): void {
    if (this.#pastLeft > 0) this.#ruleEnd();
  }

  #ruleEnd(): void {
    this.#pastLeft = 0;
    this.title("until here");
    if (this.#alarm !== undefined && this.#scene().now < this.#alarm.until) this.#print(this.#alarm.line);
  }

  #ruleNew(event: ChatEvent & Said): void {
    if (this.#readUpTo === undefined) return;
    const isNew = event.at > this.#readUpTo && !event.own;
    if (isNew) this.#display.print([ruleRow("new")]);
    if (isNew || event.history !== true) this.#readUpTo = undefined;
  }

  /** An answer to a command. */
  note(body: readonly Span[]): void {
    this.flush();
    this.#display.print(noteRows(body, this.#display.columns));
  }

  /** Something that went wrong. */
  warn(body: readonly Span[]): void {
    this.#print({ at: this.#scene().now, mark: "!", body });
  }

  /** A title, for what comes to the front or goes by; harmless already. */
  title(words: string): void {
    this.flush();
    this.#display.print([ruleRow(words)]);
  }

  /** Prints what is gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const burst = this.#burst.splice(0);
    if (burst.length === 0) return;
    const { state, front, now } = this.#scene();
    for (const { buffer, kinds, spans } of groupPresence(state, burst, front)) {
      const here = buffer.toLowerCase() === front.toLowerCase();
      const where: Span[] = here ? [] : [{ text: `${plainName(buffer)} `, ink: "channel" }];
      this.#print({ at: now, mark: markOf(kinds), body: [...where, ...spans], quiet: true });
    }
  }

  #print(line: Line, fleeting = false): void {
    const day = dayOf(line.at);
    if (day !== this.#day) this.#display.print([dayRow(line.at)]);
    this.#day = day;
    this.#display.print(lineRows(line, this.#timestamps, this.#display.columns), fleeting);
  }
}

/** What others say to a room in passing: neither asked for nor meant for us. */
function isFleeting(state: State, event: ChatEvent): boolean {
  return event.kind === "said" && event.history !== true && !event.own && !event.mention &&
    isChannel(state, event.buffer);
}

function isSpeech(
  event: ChatEvent,
): event is Extract<ChatEvent, { readonly kind: "said" | "reacted" | "redacted" }> {
  return event.kind === "said" || event.kind === "reacted" || event.kind === "redacted";
}

/** The mark of what happened first. */
function markOf([kind]: readonly Presence["kind"][]): string {
  return kind === "joined" ? "→" : kind === "renamed" ? "↔" : "←";
}
