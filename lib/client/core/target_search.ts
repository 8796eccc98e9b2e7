/**
 * Finds all conversations of the history (CHATHISTORY TARGETS). A server answers with a limited number of them, and no
 * answer says whether there are more. So the times before and after those of an answer are asked for too, until nothing
 * new comes. Pure: the caller sends the requests.
 *
 * We ask from the new end. Most servers then answer with the latest conversations; others give the oldest ones, or none
 * for times in reverse order.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { HistoryTarget } from "./history_requests.ts";

/** A server that never ends its answers gets no further requests after this many conversations. */
const maxTargets = 100_000;

/** Times in milliseconds since 1970; both are excluded from the answer. */
interface Gap {
  readonly from: number;
  readonly to: number;
  /** It is after an answer; the gaps before an answer are the usual ones. */
  readonly isLater?: boolean;
}

/** One search. */
export class TargetSearch {
  readonly #found = new Map<Folded, HistoryTarget>();
  readonly #gaps: Gap[];
  /** Whether answers begin with the latest conversations; undefined while that is not known. */
  #beginsWithLatest: boolean | undefined;
  #isReversed = true;

  /** Between two times. */
  constructor(from: number, to: number) {
    this.#gaps = [{ from, to }];
  }

  /** The times to ask for next; undefined at the end. */
  get next(): readonly [first: number, second: number] | undefined {
    const gap = this.#gaps.at(-1);
    if (gap === undefined || this.#found.size >= maxTargets) return undefined;
    return this.#isReversed ? [gap.to, gap.from] : [gap.from, gap.to];
  }

  /** Adds the answer for the times of `next`. */
  add(answer: readonly HistoryTarget[]): void {
    const gap = this.#gaps.pop();
    if (gap === undefined) return;
    const isFirst = this.#found.size === 0;
    const inside = answer.filter(({ at }) => at >= gap.from && at <= gap.to);
    const fresh = inside.filter(({ name }) => !this.#found.has(fold(name)));
    for (const target of fresh) this.#found.set(fold(target.name), target);
    if (gap.isLater) this.#beginsWithLatest ??= fresh.length === 0;
    if (inside.length > 0) this.#askAround(gap, inside.map(({ at }) => at));
    else if (isFirst && this.#isReversed) {
      this.#isReversed = false;
      this.#gaps.push(gap);
    }
  }

  /** The conversations found, the latest first. */
  get found(): readonly HistoryTarget[] {
    return [...this.#found.values()].sort((one, other) => other.at - one.at);
  }

  /** Several conversations can have the same time, so the time at the edge of an answer is asked for once more. */
  #askAround({ from, to, isLater }: Gap, times: readonly number[]): void {
    const before = Math.min(times.reduce((one, other) => Math.min(one, other)) + 1, to - 1);
    const after = Math.max(times.reduce((one, other) => Math.max(one, other)) - 1, from + 1);
    if (!isLater && before > from) this.#gaps.push({ from, to: before });
    if (this.#beginsWithLatest !== true && after < to) this.#gaps.push({ from: after, to, isLater: true });
  }
}
