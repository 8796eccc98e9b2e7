/** Tells others that we are typing (IRCv3 typing): at most once in three seconds for each buffer, and when we cease. */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";

/** What we are doing with the keyboard. */
export type Activity = "active" | "paused" | "done";

const intervalMs = 3_000;

interface SentActivity {
  readonly activity: Activity;
  readonly at: number;
}

/** What was told of our typing. */
export class TypingNotifier {
  readonly #told = new Map<Folded, SentActivity>();

  /** Whether it should be told now; it then counts as told. */
  tells(buffer: string, activity: Activity, now: number): boolean {
    const key = fold(buffer);
    const last = this.#told.get(key);
    if (activity === "done") return this.#told.delete(key) && last !== undefined;
    if (last === undefined && activity === "paused") return false;
    if (last !== undefined && last.activity === activity && now - last.at < intervalMs) return false;
    if (last !== undefined && last.activity === "paused" && now - last.at < intervalMs) return false;
    this.#told.set(key, { activity, at: now });
    return true;
  }

  /** A message says more than that one was typing. */
  said(buffer: string): void {
    this.#told.delete(fold(buffer));
  }
}
