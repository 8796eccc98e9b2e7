/**
 * Copies text to the clipboard. Browsers have an interface for this on pages over TLS only; elsewhere a selection is
 * copied.
 */
/// <reference lib="dom" />
import { element } from "./element.ts";

/** Rejects where the browser allows neither way. */
export async function copy(text: string): Promise<void> {
  if ("clipboard" in navigator) return await navigator.clipboard.writeText(text);
  const field = element("textarea", { class: "hidden", readonly: true });
  field.value = text;
  document.body.append(field);
  const focused = document.activeElement;
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!isCopied) throw new Error("The browser does not allow copying here");
}
