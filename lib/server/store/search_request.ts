/** A search as the callers of the index write it, and what it finds. */
import type { StoredRecord } from "./block.ts";
import type { SearchTerms } from "./index_words.ts";

/** A record that was found. */
export interface SearchHit extends StoredRecord {
  readonly block: number;
  readonly place: number;
  readonly log: number;
  /** The id of its entry: grows with time. */
  readonly entry: number;
}

/** The parameters of a search. */
export interface SearchRequest extends SearchTerms {
  /** The logs that are searched, each with its first visible stamp. @default {all} */
  readonly within?: ReadonlyMap<number, number> | undefined;
  /** Stamps; both bounds are excluded. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** Only entries after this entry. */
  readonly afterEntry?: number | undefined;
  readonly limit: number;
  /** Hits for which it returns false are left out and do not count towards the limit. */
  readonly isVisible?: ((hit: SearchHit) => boolean) | undefined;
  /** If there are more: the oldest or the newest. */
  readonly from: "start" | "end";
  /** The longest time that the search itself works, in milliseconds. @default {no limit} */
  readonly budgetMs?: number;
  /** Called when the budget is used up, so that matches are missing. @default {nothing happens} */
  readonly onCut?: () => void;
}
