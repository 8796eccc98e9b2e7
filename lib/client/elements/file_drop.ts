/**
 * Takes the files and the words that the person chooses with the button, pastes or drops on the page. The fields of the
 * page keep the words that are put into them. Nothing that is dropped replaces the page.
 */
/// <reference lib="dom" />
import { plain } from "../text/plain.ts";
import { byId } from "./element.ts";
import { toast } from "./toast.ts";
import { type TransferContent, transferContent } from "./transfer_content.ts";

/** The functions of the message box. */
export interface FileDropParts {
  readonly share: (files: readonly File[]) => void;
  /** Puts words where the cursor is. */
  readonly write: (text: string) => void;
}

/** Makes the button, paste and drop work. */
export function installFileDrop(parts: FileDropParts): void {
  const input = byId<HTMLInputElement>("file");
  byId("attach").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    parts.share([...input.files ?? []]);
    input.value = "";
  });
  // Before the message box, which takes only words.
  document.addEventListener("paste", (event) => onPaste(event, parts), { capture: true });
  installDrop(parts);
}

function onPaste(event: ClipboardEvent, parts: FileDropParts): void {
  const { target, clipboardData } = event;
  const isInBox = target === byId("box");
  if (clipboardData === null || (!isInBox && (isField(target) || isDialogOpen()))) return;
  const content = transferContent(clipboardData);
  const isLeftToBox = isInBox && content.text !== "" && clipboardData.getData("text/plain") !== "";
  if (isLeftToBox || clipboardData.types.length === 0) return;
  event.preventDefault();
  const isEmpty = content.text === "" && content.files.length + content.folders.length === 0;
  if (isEmpty && !content.isWithheld && clipboardData.getData("text/plain") === "") {
    return toast("Cannot read what you copied: copy it as plain text, or as a picture", "error");
  }
  take(content, parts);
}

function installDrop(parts: FileDropParts): void {
  /** Whether the drag began in this page: then it is not meant as something new. */
  let isOwn = false;
  document.addEventListener("dragstart", () => void (isOwn = true));
  document.addEventListener("dragend", () => void (isOwn = false));
  document.addEventListener("dragover", (event) => {
    const { dataTransfer, target } = event;
    const hasFiles = dataTransfer?.types.includes("Files") === true;
    // The browser puts words into a field. A link elsewhere would replace the page.
    if (dataTransfer === null || (!hasFiles && isField(target))) return;
    event.preventDefault();
    dataTransfer.dropEffect = isOwn ? "none" : "copy";
    document.body.classList.toggle("dropping", !isOwn);
  });
  for (const name of ["dragleave", "drop"]) {
    document.addEventListener(name, () => document.body.classList.remove("dropping"));
  }
  document.addEventListener("drop", (event) => {
    const { dataTransfer, target } = event;
    if (dataTransfer === null) return;
    const content = transferContent(dataTransfer);
    if (isField(target) && content.text !== "") return;
    event.preventDefault();
    if (!isOwn) take(content, parts);
    isOwn = false;
  });
}

function take({ text, files, folders, isWithheld }: TransferContent, { share, write }: FileDropParts): void {
  if (isWithheld) {
    toast(
      "The browser did not let the page read the file: choose it with the button beside the box",
      "error",
    );
  }
  if (folders.length > 0) {
    const names = folders.map((name) => `"${plain(name)}"`).join(", ");
    toast(
      folders.length === 1
        ? `Cannot share the folder ${names}: pack it into a zip file, and share that`
        : `Cannot share folders (${names}): pack them into a zip file, and share that`,
      "error",
    );
  }
  if (files.length > 0) share(files);
  if (text !== "") write(text);
}

/** Whether a person can write into this element. */
function isField(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return !target.disabled && !target.readOnly;
  if (!(target instanceof HTMLInputElement)) return false;
  return !target.disabled && !target.readOnly && target.selectionStart !== null;
}

function isDialogOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
