/** Takes the files that the person chooses with the button, drops on the page or pastes into the message box. */
/// <reference lib="dom" />
import { byId } from "./element.ts";

/** Calls `share` with them. */
export function installFileDrop(share: (files: readonly File[]) => void): void {
  const input = byId<HTMLInputElement>("file");
  byId("attach").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    share([...input.files ?? []]);
    input.value = "";
  });
  byId("box").addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (files.length === 0 || isText(text, files)) return;
    event.preventDefault();
    share(files);
  });
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  for (const name of ["dragleave", "drop"]) {
    document.addEventListener(name, () => document.body.classList.remove("dropping"));
  }
  document.addEventListener("drop", (event) => {
    const files = [...event.dataTransfer?.files ?? []];
    // Text can be dropped into a field; a link elsewhere would replace the page.
    const isField = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
    if (files.length > 0 || !isField) event.preventDefault();
    if (files.length > 0) share(files);
  });
}

/**
 * Whether the person copied text: an office program adds a picture of copied cells to their text. A copied file has at
 * most its name as text.
 */
function isText(text: string, files: readonly File[]): boolean {
  const names = new Set(files.map(({ name }) => name));
  return text.split(/\r?\n/).some((line) =>
    line.trim() !== "" && !names.has(line.split(/[/\\]/).at(-1) ?? "")
  );
}
