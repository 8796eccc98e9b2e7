/** Files of this computer for /send and /get: opens one, saves one under a new name, shows the progress. */

import { deadlines } from "../../deadlines.ts";
import { withoutEnd } from "../text/text_ends.ts";
import { cutText } from "../../irc/wrap.ts";
import type { LocalFileAccess } from "../slash/command_ui.ts";
import { fileSize } from "../../irc/file_size.ts";
import { plain } from "../text/plain.ts";
import { Stall } from "../core/stall.ts";
import type { Upload } from "../core/upload.ts";

const barCells = 20;
/** The shortest time between two updates of the progress. */
const progressMs = 100;

/** The files of one person, and the progress of the current transfer. */
export class LocalFiles implements LocalFileAccess {
  /** The progress of the transfer, "" when there is none. */
  progressText = "";
  readonly #home: string;
  readonly #onChange: () => void;
  #shownAt = 0;

  /** `onChange` is called when the progress has changed. */
  constructor(home: string, onChange: () => void) {
    this.#home = home;
    this.#onChange = onChange;
  }

  open(path: string): Promise<Upload> {
    return openFile(path, this.#home);
  }

  download(address: URL, path: string): Promise<string> {
    const doing = `Downloading ${address.pathname.split("/").at(-1)}`;
    return saveFile(address, path, (done, total) => this.showProgress(doing, done, total));
  }

  showProgress(doing: string, done: number, total: number): void {
    const now = performance.now();
    if (doing !== "" && done < total && now - this.#shownAt < progressMs) return;
    this.#shownAt = now;
    this.progressText = doing === "" ? "" : progressWords(doing, done, total);
    this.#onChange();
  }
}

/** A file to send. Rejects with a sentence for people. "~" is the home folder. */
export async function openFile(path: string, home = ""): Promise<Upload> {
  const full = home !== "" && path.startsWith("~/") ? home + path.slice(1) : path;
  const found = await Deno.stat(full).catch((error: unknown) => {
    throw new Error(`Cannot send "${plain(path)}": ${reasonOf(error)}`);
  });
  const fault = faultOf(found);
  if (fault !== "") throw new Error(`Cannot send "${plain(path)}": ${fault}`);
  // A file that exists can still be closed to us.
  (await Deno.open(full).catch((error: unknown) => {
    throw new Error(`Cannot send "${plain(path)}": ${reasonOf(error)}`);
  })).close();
  return {
    name: full.split(/[/\\]/).at(-1) ?? "file",
    size: found.size,
    type: mediaTypes[/\.(\w+)$/.exec(full)?.[1]?.toLowerCase() ?? ""] ?? "",
    stream: () => streamOf(full),
  };
}

/** Why it cannot be sent; "" when it can. A pipe or a device has no end, and reading it can wait for ever. */
function faultOf({ isFile, isDirectory, size }: Deno.FileInfo): string {
  if (isDirectory) return "it is a folder. Pack it into a zip file, and send that";
  if (!isFile) return "it is a pipe, a socket or a device, not a file";
  return size === 0 ? "it is empty" : "";
}

/** Opens the file at the first read, so that an unread stream leaves no file open. */
function streamOf(path: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  let inner: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  return new ReadableStream({
    async pull(controller) {
      inner ??= (await Deno.open(path)).readable.getReader();
      const { value, done } = await inner.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      await inner?.cancel(reason);
    },
  });
}

/** Downloads a file and returns its path. Never overwrites a file, and takes no path from the network. */
export async function saveFile(
  address: URL,
  path: string,
  progress: (done: number, total: number) => void,
  stallMs: number = deadlines.transferStallMs,
): Promise<string> {
  const stall = new Stall(Math.min(stallMs, deadlines.httpAnswerMs));
  const progressOrEnd: typeof progress = (done, total) => {
    stall.extend(stallMs);
    progress(done, total);
  };
  try {
    return await download(address, path, { progress: progressOrEnd, signal: stall.signal });
  } catch (error) {
    if (stall.signal.aborted) {
      throw new Error(`Cannot download ${plain(address.href)}: the server sends nothing`);
    }
    throw error;
  } finally {
    stall.end();
  }
}

/** A file that did not arrive whole is removed again. */
async function download(
  address: URL,
  path: string,
  { progress, signal }: { progress: (done: number, total: number) => void; signal: AbortSignal },
): Promise<string> {
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    throw new Error(`Cannot reach ${address.host}`, { cause: error });
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`Cannot download ${plain(address.href)}: the server answers ${response.status}`);
  }
  const total = Number(response.headers.get("content-length")) || 0;
  const [file, name] = await newFile(path === "" ? nameIn(address) : path);
  let done = 0;
  try {
    for await (const chunk of response.body) {
      await writeChunk(file, chunk, name);
      done += chunk.length;
      progress(done, total);
    }
    file.close();
  } catch (error) {
    file.close();
    await Deno.remove(name).catch(() => {});
    throw error;
  }
  return name;
}

async function writeChunk(file: Deno.FsFile, chunk: Uint8Array, name: string): Promise<void> {
  try {
    for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
  } catch (error) {
    throw new Error(`Cannot write "${plain(name)}": ${reasonOf(error)}`);
  }
}

/** "tea.png", else "tea-2.png", … */
async function newFile(wanted: string): Promise<[Deno.FsFile, string]> {
  for (let count = 1; count < 1000; count++) {
    const name = count === 1 ? wanted : wanted.replace(/(?=\.[^./\\]*$)|$/, `-${count}`);
    try {
      return [await Deno.open(name, { write: true, createNew: true }), name];
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) {
        throw new Error(`Cannot write "${plain(name)}": ${reasonOf(error)}`);
      }
    }
  }
  throw new Error(`Cannot write "${plain(wanted)}": it exists already`);
}

/** The last part of the path, without characters that are unsafe in a file name. */
function nameIn({ pathname }: URL): string {
  let last = pathname.split("/").at(-1) ?? "";
  try {
    last = decodeURIComponent(last);
  } catch {
    // The name is used without decoding.
  }
  const safe = last.replace(/[\p{Cc}\p{Cf}\u115f\u1160\u3164\uffa0<>:"|?*/\\]/gu, "_");
  // Many spaces push the ending of a name out of sight.
  const clean = safe.replace(/[\s\u2800]+/g, " ").replace(/^[.\s]+/, "");
  return cutText(withoutEnd(clean, /[.\s]/), 120) || "file";
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "the file does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "access denied";
  const text = error instanceof Error ? error.message : String(error);
  return /no space|quota/i.test(text) ? "the disk is full" : text;
}

/** "Sending tea.png ████████░░░░  62 %  3.1 of 5.0 MB" */
export function progressWords(doing: string, done: number, total: number): string {
  if (total <= 0) return `${plain(doing)} ${fileSize(done)}`;
  const share = Math.min(1, done / total);
  const full = Math.round(share * barCells);
  const bar = "█".repeat(full) + "░".repeat(barCells - full);
  return `${plain(doing)} ${bar} ${Math.round(share * 100)} %  ${fileSize(done)} of ${fileSize(total)}`;
}

const mediaTypes: Readonly<Record<string, string>> = {
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  ogg: "audio/ogg",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  webm: "video/webm",
  webp: "image/webp",
  zip: "application/zip",
};
