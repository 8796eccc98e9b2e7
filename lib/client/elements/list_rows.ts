/** Updates a list of the page. */
/// <reference lib="dom" />
import { byId } from "./element.ts";

/** One row of a list. */
export interface ListRow {
  readonly key: string;
  /** Differs when the row looks different. */
  readonly looks: string;
  /** Makes the element; called only when the row is new or looks different. */
  readonly make: () => HTMLElement;
}

interface DrawnRow {
  readonly looks: string;
  readonly element: HTMLElement;
}

/** The rows of a list, and what a click on one does now. */
interface DrawnList {
  readonly rows: ReadonlyMap<string, DrawnRow>;
  readonly choose: (key: string) => void;
}

const drawnLists = new WeakMap<HTMLElement, DrawnList>();

/**
 * Makes only the rows that changed, so that a long list costs little and the keyboard focus stays where it is. `choose`
 * gets the key of a row that the person clicks.
 */
export function updateRows(listId: string, rows: readonly ListRow[], choose: (key: string) => void): void {
  const list = byId(listId);
  const before = drawnLists.get(list)?.rows ?? new Map<string, DrawnRow>();
  const drawn = new Map<string, DrawnRow>();
  for (const { key, looks, make } of rows) {
    const old = before.get(key);
    if (old?.looks === looks) drawn.set(key, old);
    else drawn.set(key, { looks, element: clickable(list, key, make()) });
  }
  drawnLists.set(list, { rows: drawn, choose });
  const focused = [...before].find(([, { element }]) => element.contains(document.activeElement))?.[0];
  place(list, [...drawn.values()].map(({ element }) => element));
  const row = focused === undefined ? undefined : drawn.get(focused)?.element;
  if (row !== undefined && !row.contains(document.activeElement)) row.querySelector("button")?.focus();
}

function clickable(list: HTMLElement, key: string, row: HTMLElement): HTMLElement {
  row.addEventListener("click", () => drawnLists.get(list)?.choose(key));
  return row;
}

function place(list: HTMLElement, rows: readonly HTMLElement[]): void {
  const kept = new Set<Element>(rows);
  for (const child of [...list.children]) if (!kept.has(child)) child.remove();
  let at = list.firstElementChild;
  for (const row of rows) {
    if (row === at) at = at.nextElementSibling;
    else list.insertBefore(row, at);
  }
}
