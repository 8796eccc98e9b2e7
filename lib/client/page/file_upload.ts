/**
 * Uploads files to the server, one after the other. The address of each is then sent as a message; the caption goes with
 * the first that arrives. An upload that failed stays, and can be tried again.
 */
/// <reference lib="dom" />
import { deadlines } from "../../deadlines.ts";
import { sendPatiently, TooFast } from "../core/patient_upload.ts";
import { Stall } from "../core/stall.ts";
import { showUploadProgress, type UploadProgress } from "../elements/upload_progress.ts";

/** The parts of the chat that an upload uses. */
export interface FileUploadParts {
  /** Where files go; undefined when the server accepts none. */
  readonly url: () => string | undefined;
  readonly isOnline: () => boolean;
  readonly token: () => Promise<string>;
  /** A file is on the server: sends its address, with the caption or "". */
  readonly onUploaded: (address: string, caption: string) => void;
  /** The person gave up all files of a caption. */
  readonly onGivenUp: (caption: string) => void;
}

/** The files that the person sent at once. */
interface Batch {
  /** "" once it is sent. */
  caption: string;
  /** The files that are neither sent nor given up. */
  open: number;
}

/** One file of a batch, and its row above the message box. */
interface Sending {
  readonly file: File;
  readonly batch: Batch;
  readonly cancelled: AbortController;
  readonly progress: UploadProgress;
}

/** Uploads files; the rows of all are visible at once. */
export async function uploadFiles(
  files: readonly File[],
  caption: string,
  parts: FileUploadParts,
): Promise<void> {
  const batch: Batch = { caption, open: files.length };
  const begun = files.map((file) => begin(file, batch));
  for (const sending of begun) await upload(sending, parts);
}

function begin(file: File, batch: Batch): Sending {
  const cancelled = new AbortController();
  return { file, batch, cancelled, progress: showUploadProgress(file.name, () => cancelled.abort()) };
}

async function upload(sending: Sending, parts: FileUploadParts): Promise<void> {
  const { file, batch, cancelled: { signal }, progress } = sending;
  const giveUp = () => {
    batch.open--;
    if (batch.open === 0 && batch.caption !== "") parts.onGivenUp(batch.caption);
  };
  try {
    const address = await uploadFile(sending, parts);
    progress.remove();
    const { caption } = batch;
    batch.caption = "";
    batch.open--;
    parts.onUploaded(address, caption);
  } catch (error) {
    if (signal.aborted) {
      progress.remove();
      return giveUp();
    }
    const retry = () => void upload(begin(file, batch), parts);
    progress.fail(error instanceof Error ? error.message : String(error), retry, giveUp);
  }
}

async function uploadFile(
  { file, cancelled: { signal }, progress }: Sending,
  parts: FileUploadParts,
): Promise<string> {
  signal.throwIfAborted();
  await requireReadable(file);
  if (!parts.isOnline()) throw new Error("there is no connection to the server");
  const url = parts.url();
  if (url === undefined) throw new Error("this server does not accept files");
  const token = await parts.token();
  signal.throwIfAborted();
  return await sendPatiently(() => send({ file, url, token, signal }, (part) => progress.show(part)), signal);
}

/** Rejects for a file that was moved or deleted since the person chose it. */
async function requireReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error("the file cannot be read any more; perhaps it was moved or changed");
  }
}

interface FileRequest {
  readonly file: File;
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Uses XMLHttpRequest, as fetch does not report the progress of an upload. */
function send(
  { file, url, token, signal }: FileRequest,
  onProgress: (part: number) => void,
): Promise<string> {
  signal.throwIfAborted();
  const request = new XMLHttpRequest();
  signal.addEventListener("abort", () => request.abort());
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
      else if (request.status === 429) {
        reject(new TooFast(refusalOf(request), request.getResponseHeader("retry-after")));
      } else reject(new Error(refusalOf(request)));
    });
    request.addEventListener("error", () => reject(new Error("the connection was lost")));
    request.addEventListener("abort", () =>
      reject(
        stall.signal.aborted
          ? new Error("the server stopped receiving the file")
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

/** The sentence of the server; a proxy in front of it answers with a whole page, which is no sentence. */
function refusalOf(request: XMLHttpRequest): string {
  const { status, responseText } = request;
  const isSentence = /^text\/plain/i.test(request.getResponseHeader("content-type") ?? "");
  const sentence = isSentence ? responseText.trim().split("\n", 1)[0] ?? "" : "";
  if (sentence !== "") return sentence;
  return status === 413 ? "the file is too large for this server" : `the server answered ${status}`;
}

/** The largest file that the server takes, in bytes; undefined when it does not say so. */
export async function maxUploadBytes(url: string): Promise<number | undefined> {
  const signal = AbortSignal.timeout(deadlines.httpAnswerMs);
  const answer = await fetch(new URL(url).pathname, { method: "OPTIONS", signal }).catch(() => undefined);
  const [, bytes] = /\bmax-size=(\d{1,15})/.exec(answer?.headers.get("upload-limit") ?? "") ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}
