/**
 * The progress of one file upload, above the message box: its name, a bar and a button to cancel. An upload that failed
 * stays, with a button that tries again.
 */
/// <reference lib="dom" />
import { plain } from "../text/plain.ts";
import { byId, element } from "./element.ts";
import { icon } from "./icon.ts";

/** One row. */
export interface UploadProgress {
  /** From 0 to 1. */
  show(part: number): void;
  /** Shows why the upload ended; the person can call `retry`, or close the row, which calls `onClose`. */
  fail(reason: string, retry: () => void, onClose: () => void): void;
  remove(): void;
}

/** Shows a new upload; `cancel` is called when the person presses the button. */
export function showUploadProgress(fileName: string, cancel: () => void): UploadProgress {
  const name = plain(fileName);
  const uploads = byId("uploads");
  const bar = element("progress", { max: "1", value: "0", "aria-label": `Uploading ${name}` });
  const button = element(
    "button",
    { type: "button", "aria-label": `Cancel the upload of ${name}`, click: cancel },
    icon("close"),
  );
  const row = element(
    "span",
    { class: "upload" },
    element("span", { class: "upload-name", title: name }, name),
    bar,
    button,
  );
  const remove = () => {
    row.remove();
    uploads.hidden = uploads.childElementCount === 0;
  };
  uploads.append(row);
  uploads.hidden = false;
  return {
    show: (part) => bar.value = part,
    remove,
    fail(reason, retry, onClose) {
      const again = element(
        "button",
        { type: "button", class: "retry", click: () => (remove(), retry()) },
        "Retry",
      );
      bar.replaceWith(
        element("span", { class: "upload-fault", role: "status" }, `Not sent: ${plain(reason)}`),
        again,
      );
      button.ariaLabel = `Forget the upload of ${name}`;
      button.addEventListener("click", () => (remove(), onClose()));
    },
  };
}
