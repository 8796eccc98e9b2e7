/** The entries of timelines: messages with their reactions, and other lines. Plain data. */
import type { SaidEvent } from "../state/event.ts";
import type { Span } from "../text/formatting.ts";
import type { ReactingPeople } from "./reacting_people.ts";

/** A message in a timeline. */
export interface SaidEntry {
  readonly kind: "said";
  readonly key: string;
  readonly at: number;
  readonly said: SaidEvent;
  /** The people who reacted, by emoji. */
  readonly reactions: ReadonlyMap<string, ReactingPeople>;
  readonly isDeleted: boolean;
}

/** Somebody's reaction to a message; `reactionId` is its own id. */
export interface Reaction {
  readonly emoji: string;
  readonly nick: string;
  /** With it, the person is the same under another nick. */
  readonly account?: string;
  readonly added: boolean;
  readonly reactionId?: string;
}

/** Joins and leaves, or a line for this person only. */
export type LineKind = "presence" | "note" | "warning";

/** A line that is not a message. */
export interface LineEntry {
  readonly kind: LineKind;
  readonly key: string;
  readonly at: number;
  readonly spans: readonly Span[];
}

/** One entry of a timeline. */
export type TimelineEntry = SaidEntry | LineEntry;
