/** Opens a modal dialog. */
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
