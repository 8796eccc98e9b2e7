/**
 * Sends a file to the server (soju.im/FILEHOST): over HTTP, with a token that the server gives on the chat connection.
 * It uses fetch, so the progress counts the bytes that fetch has read. In a browser that cannot stream a request, only
 * the start and the end are reported.
 */

import { deadlines } from "../../deadlines.ts";
import { fold } from "../../irc/names.ts";
import { ActionError } from "../state/action_error.ts";
import { dropOldest } from "../state/drop_oldest.ts";
import { sendPatiently, TooFast } from "./patient_upload.ts";
import type { ServerLink } from "./server_link.ts";
import { Stall } from "./stall.ts";

/** A file; the File of browsers is one. */
export interface Upload {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** "" when not known. */
  readonly type: string;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** How to send it. */
export interface UploadOptions {
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
  /** The longest time in which the server takes no bytes, and the longest wait for its answer. @default {deadlines} */
  readonly stallMs?: number;
  readonly answerMs?: number;
}

/** The channel or person to whom the address of a file is sent. */
export interface UploadTarget {
  readonly name: string;
}

/** Only this many targets are followed to other nicks, the newest ones. */
const maxTargets = 100;

/** One client's uploads. */
export class Uploads {
  readonly #link: ServerLink;
  readonly #targets = new Set<{ name: string }>();

  constructor(link: ServerLink) {
    this.#link = link;
  }

  /** The address for uploads; undefined when the server accepts no files. */
  get url(): string | undefined {
    const { isupport } = this.#link.state;
    return isupport.get("soju.im/FILEHOST") || isupport.get("draft/FILEHOST") || undefined;
  }

  /** A target that follows its person to another nick, because an upload can take minutes. */
  target(name: string): UploadTarget {
    const target = { name };
    this.#targets.add(target);
    dropOldest(this.#targets, maxTargets);
    return target;
  }

  /** A person has another nick. */
  onRenamed(from: string, to: string): void {
    for (const target of this.#targets) if (fold(target.name) === fold(from)) target.name = to;
  }

  /** A token for one upload; rejects with an ActionError. */
  async requestToken(): Promise<string> {
    const answer = await this.#link.ask("TOKEN GENERATE FILEHOST");
    const token = answer.filter(({ command, params }) => command === "TOKEN" && params[0] === "GENERATE")
      .map(({ params }) => params.at(-1) ?? "").join("");
    if (token === "") throw new ActionError("The server gives no token for files");
    return token;
  }

  /** Sends a file; the result is its address. Rejects with a sentence for people. */
  async send(file: Upload, options?: UploadOptions): Promise<string> {
    const { url } = this;
    if (!this.#link.isOnline) {
      throw new ActionError("Cannot send a file: there is no connection to the server");
    }
    if (url === undefined) throw new ActionError("This server accepts no files");
    return await uploadFile(url, await this.requestToken(), file, options);
  }
}

/** Sends a file; the result is its address. Rejects with a sentence for people. */
export async function uploadFile(
  url: string,
  token: string,
  file: Upload,
  options: UploadOptions = {},
): Promise<string> {
  return await sendPatiently(() => sendOnce(url, token, file, options), options.signal);
}

async function sendOnce(url: string, token: string, file: Upload, options: UploadOptions): Promise<string> {
  const { onProgress = () => {}, stallMs = deadlines.transferStallMs, answerMs = deadlines.uploadAnswerMs } =
    options;
  const stall = new Stall(stallMs);
  const report = reportOnce((sent, total) => {
    stall.extend(sent < total ? stallMs : answerMs);
    onProgress(sent, total);
  });
  try {
    return await send(url, token, file, {
      report,
      signals: [stall.signal, ...options.signal ? [options.signal] : []],
    });
  } catch (error) {
    if (options.signal?.aborted) throw new Error("The upload was cancelled");
    if (stall.signal.aborted) {
      throw new Error(`${new URL(url).host} stopped receiving the file`);
    }
    throw error;
  } finally {
    stall.end();
  }
}

async function send(
  url: string,
  token: string,
  file: Upload,
  { report, signals }: { report: (sent: number, total: number) => void; signals: AbortSignal[] },
): Promise<string> {
  report(0, file.size);
  const streams = canStream();
  // Without a stream nothing reports the progress, so only the whole upload has a deadline.
  if (!streams) report(file.size, file.size);
  const body = streams ? countBytes(file, report) : file as unknown as BodyInit;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "authorization": `Bearer ${token}`,
      "content-type": file.type || "application/octet-stream",
      "content-disposition": disposition(file.name),
    },
    body,
    signal: AbortSignal.any(signals),
    ...(streams && { duplex: "half" }),
  }).catch((error: unknown) => {
    throw new Error(`Cannot reach ${new URL(url).host} to send the file`, { cause: error });
  });
  const answer = (await response.text().catch(() => "")).trim();
  if (response.status === 429) {
    throw new TooFast(sentenceIn(answer, 429), response.headers.get("retry-after"));
  }
  if (!response.ok) throw new Error(sentenceIn(answer, response.status));
  const location = response.headers.get("location");
  if (location === null) throw new Error("The server did not say where the file is");
  report(file.size, file.size);
  return new URL(location, url).href;
}

function sentenceIn(answer: string, status: number): string {
  return answer.split("\n", 1)[0] || `The server refused the file (${status})`;
}

/** Reports each number of bytes once: the answer of the server can arrive before the last bytes are counted. */
function reportOnce(onProgress: (sent: number, total: number) => void): typeof onProgress {
  let reported = -1;
  return (sent, total) => {
    if (sent <= reported) return;
    reported = sent;
    onProgress(sent, total);
  };
}

function countBytes(file: Upload, onProgress: (sent: number, total: number) => void): ReadableStream {
  let sent = 0;
  return file.stream().pipeThrough(
    new TransformStream({
      transform(chunk: Uint8Array, controller) {
        sent += chunk.length;
        onProgress(Math.min(sent, file.size), file.size);
        controller.enqueue(chunk);
      },
    }),
  );
}

/** Browsers stream a request only over HTTP/2; other programs always can. */
function canStream(): boolean {
  return !("document" in globalThis);
}

/** RFC 6266: the name in ASCII, and the exact name in UTF-8. */
function disposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, "_");
  const whole = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${whole}`;
}
