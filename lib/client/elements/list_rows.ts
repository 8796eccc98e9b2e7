/** Updates a list of the page. */
/// <reference lib="dom" />
import { byId } from "./element.ts";

/** Replaces only the rows that changed, so that the keyboard focus stays where it is. */
export function updateRows(listId: string, rows: readonly HTMLElement[]): void {
  const list = byId(listId);
  for (const [at, row] of rows.entries()) {
    const old = list.children[at];
    if (old === undefined) list.append(row);
    else if (!old.isEqualNode(row)) old.replaceWith(row);
  }
  while (list.children.length > rows.length) list.lastElementChild?.remove();
}
