/**
 * Parts of a row that the person has unfolded: a long text, many reactions. They stay unfolded when the row is drawn
 * again, for example after a reaction.
 */
/// <reference lib="dom" />
import { element } from "./element.ts";

/** The keys of the unfolded parts. */
export type Unfolded = Set<string>;

/** One part of a row in two forms. */
export interface FoldablePart {
  readonly key: string;
  /** The first form. */
  readonly folded: () => HTMLElement;
  readonly whole: () => HTMLElement;
  /** The words of the button that unfolds, and of the one that folds. */
  readonly more: string;
  readonly less: string;
}

/** The part in the form that the person chose last, followed by the button that changes it. */
export function foldable(
  unfolded: Unfolded,
  { key, folded, whole, more, less }: FoldablePart,
): HTMLElement[] {
  let shown = unfolded.has(key) ? whole() : folded();
  const button = element("button", { type: "button", class: "unfold", click: () => toggle() });
  const label = () => {
    button.textContent = unfolded.has(key) ? less : more;
    button.ariaExpanded = String(unfolded.has(key));
  };
  const toggle = () => {
    if (!unfolded.delete(key)) unfolded.add(key);
    const changed = unfolded.has(key) ? whole() : folded();
    shown.replaceWith(changed);
    shown = changed;
    label();
    // After folding, the start of the row is far above.
    if (!unfolded.has(key)) button.closest(".entry")?.scrollIntoView({ block: "nearest" });
  };
  label();
  return [shown, button];
}
