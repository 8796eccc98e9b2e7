/**
 * What has happened, going down the screen: the lines of view.ts into a display, a line where a day begins, and joins
 * and leaves of one burst gathered into one line.
 */

import type { ChatEvent, Presence } from "../client/event.ts";
import { foldPresence, folds } from "../client/fold.ts";
import type { Span } from "../client/formatting.ts";
import { plainName } from "../client/plain.ts";
import type { State } from "../client/state.ts";
import type { Display } from "./display.ts";
import type { Line, Timestamps } from "./view.ts";
import { dayOf, dayRow, eventLine, lineRows, noteRows, ruleRow, saidLine } from "./view.ts";

/** What lines are made from besides the events. */
export interface Scene {
  readonly state: State;
  /** The buffer in front. */
  readonly front: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How long joins and leaves are gathered. */
const burstMs = 250;

/** One person's lines. */
export class Transcript {
  readonly #display: Display;
  readonly #timestamps: Timestamps;
  readonly #scene: () => Scene;
  #day: string;
  #burst: Presence[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(display: Display, timestamps: Timestamps, scene: () => Scene) {
    this.#display = display;
    this.#timestamps = timestamps;
    this.#scene = scene;
    this.#day = dayOf(scene().now);
  }

  /** Prints an event, or keeps it for the line of its burst. */
  tell(event: ChatEvent): void {
    if (folds(event)) {
      this.#burst.push(event as ChatEvent & Presence);
      this.#timer ??= setTimeout(() => this.flush(), burstMs);
      return;
    }
    this.flush();
    const { state, front } = this.#scene();
    const line = event.kind === "said" ? saidLine(state, event, front) : eventLine(state, event, front);
    if (line !== undefined) this.#print(line);
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

  /** A title, for what comes to the front. */
  title(name: string): void {
    this.flush();
    this.#display.print([ruleRow(plainName(name))]);
  }

  /** Prints what is gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const burst = this.#burst.splice(0);
    if (burst.length === 0) return;
    const { state, front, now } = this.#scene();
    for (const { buffer, kinds, spans } of foldPresence(state, burst, front)) {
      const here = buffer.toLowerCase() === front.toLowerCase();
      const where: Span[] = here ? [] : [{ text: `${plainName(buffer)} `, ink: "room" }];
      this.#print({ at: now, mark: markOf(kinds), body: [...where, ...spans], quiet: true });
    }
  }

  #print(line: Line): void {
    const day = dayOf(line.at);
    if (day !== this.#day) this.#display.print([dayRow(line.at)]);
    this.#day = day;
    this.#display.print(lineRows(line, this.#timestamps, this.#display.columns));
  }
}

/** The mark of what happened first. */
function markOf([kind]: readonly Presence["kind"][]): string {
  return kind === "joined" ? "→" : kind === "renamed" ? "↔" : "←";
}
