/** The progress of one file upload, above the message box: its name, a bar and a button to cancel. */
/// <reference lib="dom" />
import { plain } from "../text/plain.ts";
import { byId, element } from "./element.ts";
import { icon } from "./icon.ts";

/** One row. */
export interface UploadProgress {
  /** From 0 to 1. */
  show(part: number): void;
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
  uploads.append(row);
  uploads.hidden = false;
  return {
    show: (part) => bar.value = part,
    remove() {
      row.remove();
      uploads.hidden = uploads.childElementCount === 0;
    },
  };
}
