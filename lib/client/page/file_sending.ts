/** Sending files with a progress bar; what comes of each is said in the room, or in a toast. */
/// <reference lib="dom" />
import { plain } from "../text/plain.ts";
import { byId, element } from "./element.ts";
import { icon } from "./icon.ts";
import { isOurFile } from "./span_elements.ts";
import { toast } from "./toast.ts";

/** What sharing needs of the chat. */
export interface Sharing {
  /** What the server says about where files go; undefined where it takes none. */
  readonly url: () => string | undefined;
  /** A token to upload with. */
  readonly token: () => Promise<string>;
  /** The file is there: tells the room. */
  readonly done: (address: string) => void;
}

/** Sends files one after the other. */
export async function shareFiles(files: readonly File[], sharing: Sharing): Promise<void> {
  for (const file of files) {
    const url = sharing.url();
    if (url === undefined) return toast("This server takes no files", "error");
    const bar = element("progress", { max: "1", value: "0", "aria-label": `Sending ${plain(file.name)}` });
    const shelf = byId("attached");
    const cancel = element("button", { type: "button", "aria-label": "Cancel" }, icon("close"));
    const row = element("span", { class: "sending" }, plain(file.name), bar, cancel);
    shelf.append(row);
    shelf.hidden = false;
    try {
      const request = new XMLHttpRequest();
      cancel.addEventListener("click", () => request.abort());
      const address = await send(
        request,
        { file, url, token: await sharing.token() },
        (part) => bar.value = part,
      );
      sharing.done(address);
    } catch (error) {
      toast(`Cannot share ${plain(file.name)}: ${error instanceof Error ? error.message : error}`, "error");
    }
    row.remove();
    shelf.hidden = shelf.childElementCount === 0;
  }
}

interface Upload {
  readonly file: File;
  readonly url: string;
  readonly token: string;
}

/** XMLHttpRequest, as fetch does not tell how far it is. */
function send(
  request: XMLHttpRequest,
  { file, url, token }: Upload,
  progress: (part: number) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    request.upload.addEventListener(
      "progress",
      ({ loaded, total }) => progress(total === 0 ? 1 : loaded / total),
    );
    request.addEventListener("load", () => {
      const place = request.getResponseHeader("location");
      if (request.status === 201 && place !== null) resolve(new URL(place, url).href);
      else if (request.status === 413) reject(new Error("the file is too large for this server"));
      else reject(new Error(request.responseText.trim() || `the server answered ${request.status}`));
    });
    request.addEventListener("error", () => reject(new Error("the connection was lost")));
    request.addEventListener("abort", () => reject(new Error("cancelled")));
    // The page may send to its own server alone, under whatever name it was reached.
    request.open("POST", new URL(url).pathname);
    request.setRequestHeader("authorization", `Bearer ${token}`);
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.setRequestHeader(
      "content-disposition",
      `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    );
    request.send(file);
  });
}

/** Gives the person what is at an address: a file of ours is saved, anything else is opened beside the page. */
export function take(address: URL): void {
  const { href, pathname } = address;
  const where = isOurFile(address)
    ? { href: pathname, download: true }
    : { href, target: "_blank", rel: "noopener noreferrer" };
  element("a", where).click();
}
