/** Modal dialogs, and the line in them that shows progress or an error. */
/// <reference lib="dom" />
import { element } from "./element.ts";

/** Opens a dialog with a title for screen readers; it removes itself when closed. */
export function openDialog(title: string, ...children: Node[]): HTMLDialogElement {
  const dialog = element("dialog", { "aria-label": title }, ...children);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** An empty status line. */
export function statusLine(): HTMLOutputElement {
  return element("output", { role: "status" });
}

/** Shows a text in a status line; an error has another colour. */
export function showStatus(line: HTMLOutputElement, text: string, isError = false): void {
  line.value = text;
  line.classList.toggle("error", isError);
}

/** Shows why something failed. */
export function showError(line: HTMLOutputElement, error: unknown): void {
  showStatus(line, error instanceof Error ? error.message : String(error), true);
}
