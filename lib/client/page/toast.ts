/** Short words to the person that do not block: they go by themselves, or when clicked away. */
/// <reference lib="dom" />
import { byId, element } from "./element.ts";
import { icon } from "./icon.ts";

const shownMs = 8_000;
const mostShown = 2;

/** Shows a sentence; an error is marked as one. */
export function toast(sentence: string, kind: "error" | "note" = "note"): void {
  const shelf = byId("toasts");
  const close = element(
    "button",
    { type: "button", "aria-label": "Close", click: () => made.remove() },
    icon("close"),
  );
  const made = element("div", { class: `toast ${kind}` }, element("span", {}, sentence), close);
  for (const old of shelf.children) if (old.textContent === made.textContent) old.remove();
  shelf.append(made);
  while (shelf.children.length > mostShown) shelf.firstElementChild?.remove();
  setTimeout(() => made.remove(), shownMs);
}

/** Shows why something did not work. */
export function complain(error: unknown): void {
  toast(error instanceof Error ? error.message : String(error), "error");
}
