/** Toasts: short sentences that do not interrupt the person. They disappear after some seconds or when closed. */
/// <reference lib="dom" />
import { byId, element } from "./element.ts";
import { icon } from "./icon.ts";

const shownMs = 8_000;
const maxToasts = 2;

/** Shows a sentence; an error looks different. */
export function toast(sentence: string, kind: "error" | "note" = "note"): void {
  const toasts = byId("toasts");
  const close = element(
    "button",
    { type: "button", "aria-label": "Close", click: () => made.remove() },
    icon("close"),
  );
  const made = element("div", { class: `toast ${kind}` }, element("span", {}, sentence), close);
  for (const old of toasts.children) if (old.textContent === made.textContent) old.remove();
  toasts.append(made);
  while (toasts.children.length > maxToasts) toasts.firstElementChild?.remove();
  setTimeout(() => made.remove(), shownMs);
}

/** Shows why something failed. */
export function toastError(error: unknown): void {
  toast(error instanceof Error ? error.message : String(error), "error");
}

/** Shows that a part of the page failed; the console has the details. */
export function reportFault(sentence: string, error: unknown): void {
  reportError(error);
  toast(sentence, "error");
}
