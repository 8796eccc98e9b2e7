/**
 * Uploads files to the server. The address of each is then sent as a message. An upload that the connection cut off can
 * be tried again; any other failure is a toast.
 */
/// <reference lib="dom" />
import { deadlines } from "../../deadlines.ts";
import { Stall } from "../core/stall.ts";
import { plain } from "../text/plain.ts";
import { toast } from "../elements/toast.ts";
import { showUploadProgress } from "../elements/upload_progress.ts";

/** The parts of the chat that an upload uses. */
export interface FileUploadParts {
  /** Where files go; undefined when the server accepts none. */
  readonly url: () => string | undefined;
  readonly isOnline: () => boolean;
  readonly token: () => Promise<string>;
  /** The file is on the server: sends its address to the channel. */
  readonly onUploaded: (address: string) => void;
}

/** Uploads files one after the other. */
export async function uploadFiles(files: readonly File[], parts: FileUploadParts): Promise<void> {
  for (const file of files) {
    const request = new XMLHttpRequest();
    const progress = showUploadProgress(file.name, () => request.abort());
    try {
      await requireReadable(file);
      const address = await uploadFile(request, file, parts, (part) => progress.show(part));
      progress.remove();
      parts.onUploaded(address);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof CutOff || !parts.isOnline()) {
        progress.fail(reason, () => void uploadFiles([file], parts));
      } else {
        progress.remove();
        toast(`Cannot share ${plain(file.name)}: ${reason}`, "error");
      }
    }
  }
}

/** The upload can succeed at another time. */
class CutOff extends Error {}

async function uploadFile(
  request: XMLHttpRequest,
  file: File,
  parts: FileUploadParts,
  onProgress: (part: number) => void,
): Promise<string> {
  if (!parts.isOnline()) throw new CutOff("there is no connection to the server");
  const url = parts.url();
  if (url === undefined) throw new Error("this server does not accept files");
  return await send(request, { file, url, token: await parts.token() }, onProgress);
}

/** Rejects for a folder, and for a file that was moved or deleted since the person chose it. */
async function requireReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error("it cannot be read. If it is a folder, share the files in it, or pack it into one file");
  }
}

interface FileRequest {
  readonly file: File;
  readonly url: string;
  readonly token: string;
}

/** Uses XMLHttpRequest, as fetch does not report the progress of an upload. */
function send(
  request: XMLHttpRequest,
  { file, url, token }: FileRequest,
  onProgress: (part: number) => void,
): Promise<string> {
  const stall = new Stall(deadlines.transferStallMs);
  stall.signal.addEventListener("abort", () => request.abort());
  request.addEventListener("loadend", () => stall.end());
  return new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      stall.extend(loaded < total ? deadlines.transferStallMs : deadlines.uploadAnswerMs);
      onProgress(total === 0 ? 1 : loaded / total);
    });
    request.addEventListener("load", () => {
      const location = request.getResponseHeader("location");
      if (request.status === 201 && location !== null) resolve(new URL(location, url).href);
      else if (request.status === 413) reject(new Error("the file is too large for this server"));
      else {
        const reason = request.responseText.trim() || `the server answered ${request.status}`;
        reject(request.status >= 500 ? new CutOff(reason) : new Error(reason));
      }
    });
    request.addEventListener("error", () => reject(new CutOff("the connection was lost")));
    request.addEventListener("abort", () =>
      reject(
        stall.signal.aborted
          ? new CutOff("the server does not take it: nothing happens any more")
          : new Error("you cancelled the upload"),
      ));
    // The page can send to its own server only, whichever name of the server the person used.
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
