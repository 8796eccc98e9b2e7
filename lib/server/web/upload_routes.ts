/**
 * File sharing: POST /upload for identified users (soju.im/FILEHOST, draft/FILEHOST), GET /files/ID/NAME for everybody
 * with the address, DELETE of it for its owner and for operators. Content is streamed. Uploaded content never runs: it is
 * served in its own sandbox, and it is a download unless it is an image, audio, video or plain text. uploaded_files.ts
 * stores, shares and prunes the files.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { stampMs } from "../../irc/stamp.ts";
import type { SharedFileContents } from "../chat/file_contents.ts";
import type { UploadFault } from "../chat/upload_limits.ts";
import { isOutOfDescriptors } from "../../net/descriptors.ts";
import { SocketLimits } from "../../net/socket_limits.ts";
import { CleanMedia } from "../media/clean_media.ts";
import type { Hub } from "../hub/hub.ts";
import type { UploadRow } from "../store/uploads.ts";
import { answerTo, httpDate } from "./conditional_request.ts";
import { contentType, disposition, fileName, isPagePart, mediaType } from "./file_name.ts";
import { diskRefusal, type UploadFolder, UploadRefusal } from "./upload_folder.ts";
import { rightToDelete, senderOf } from "./upload_owner.ts";
import { RunningUploads } from "./running_uploads.ts";
import { UploadedFiles } from "./uploaded_files.ts";
import type { Visitor } from "./visitor.ts";
import { type Route, sendText } from "./web.ts";

const chunkBytes = 65_536;
const missing = "This file does not exist or has expired";
const busy = new UploadRefusal(503, "The server has too many open files; try again later");
/**
 * A browser shows a file with players and styles of its own, and runs nothing in it. Chromium loads an opened video or
 * sound a second time, and only in its own origin: without "allow-same-origin" it stays black.
 */
const filePolicy = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; " +
  "sandbox allow-same-origin";

/** The options of the routes. */
export interface UploadOptions {
  /** With it, machines exchange files. */
  readonly shared?: SharedFileContents | undefined;
  /** Each open file counts there. @default {no limit} */
  readonly limits?: SocketLimits;
}

/** The routes of shared files. */
export class UploadRoutes {
  readonly files: UploadedFiles;
  readonly #hub: Hub;
  readonly #folder: UploadFolder;
  readonly #limits: SocketLimits;
  readonly running: RunningUploads;

  constructor(hub: Hub, folder: UploadFolder, { shared, limits = new SocketLimits() }: UploadOptions = {}) {
    this.#hub = hub;
    this.#limits = limits;
    this.#folder = folder;
    this.files = new UploadedFiles(hub, folder, shared);
    this.running = new RunningUploads(hub.chat);
  }

  /** The route of the page must come after this route. */
  readonly route: Route = (request, response, path, visitor) => {
    if (path === "/upload") {
      return this.#withFile(response, () => this.#upload(request, response, visitor));
    }
    const [, id] = /^\/files\/([^/]+)(?:\/[^/]*)?$/.exec(path) ?? [];
    return id === undefined
      ? undefined
      : request.method === "DELETE"
      ? this.#delete(request, response, id, visitor)
      : this.#withFile(response, () => this.#download(request, response, id));
  };

  /** Counts the file of a request. Without a file descriptor for it, the answer says so. */
  async #withFile(
    response: ServerResponse,
    act: () => Promise<void>,
  ): Promise<void> {
    if (!this.#limits.takeDescriptor()) return refuse(response, busy);
    try {
      await act();
    } catch (error) {
      if (!isOutOfDescriptors(error) || response.headersSent) throw error;
      refuse(response, busy);
    } finally {
      this.#limits.releaseDescriptor();
    }
  }

  async #upload(request: IncomingMessage, response: ServerResponse, visitor: Visitor): Promise<void> {
    if (request.method === "OPTIONS") {
      // The header of draft-ietf-httpbis-resumable-upload: a client can refuse a large file before it sends it.
      const limit = `max-size=${this.#hub.chat.settings.uploadSize}`;
      const headers = { allow: "OPTIONS, POST", "accept-post": "*/*", "upload-limit": limit };
      return void response.writeHead(204, headers).end();
    }
    if (request.method !== "POST") {
      response.setHeader("allow", "OPTIONS, POST");
      return sendText(response, 405, "Send a file with POST");
    }
    try {
      const file = await this.#receive(request, visitor);
      response.setHeader("location", `${this.#basePath}files/${file.id}/${encodeURIComponent(file.name)}`);
      sendText(response, 201, "Saved");
    } catch (error) {
      if (!(error instanceof UploadRefusal)) throw error;
      refuse(response, error);
    }
  }

  /** The path of the page, which ends with a slash: the address for uploads is in it. */
  get #basePath(): string {
    return URL.parse(".", this.#hub.chat.uploadUrl)?.pathname ?? "/";
  }

  async #receive(request: IncomingMessage, visitor: Visitor): Promise<UploadRow> {
    const { chat } = this.#hub;
    const sender = await senderOf(chat, request, visitor);
    const { owner, user } = sender;
    const { address } = visitor;
    if (owner.startsWith("~") && (user === undefined || !chat.users.has(user))) {
      throw new UploadRefusal(403, "You are not connected to the chat any more");
    }
    if (chat.store?.database.failing) throw diskRefusal();
    this.files.checkSharing();
    const declaredBytes = Number(request.headers["content-length"] ?? 0);
    const upload = chat.uploads.begin(owner, address, declaredBytes);
    if ("sentence" in upload) throw refusalOf(upload);
    try {
      const id = this.#folder.newId();
      // The connection stays open, because a sender over the limit still gets an answer.
      const content = request.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
      const onArrived = (arrived: number) => {
        const fault = upload.arrived(arrived);
        if (fault !== undefined) throw refusalOf(fault);
      };
      const sent = this.running.watch({ sender, address, content, onArrived });
      const media = chat.settings.keepPhotoData ? undefined : new CleanMedia(sent, owner);
      const bytes = await this.#folder.write(id, media ?? sent, {
        // The sum of what arrives is limited above.
        maxBytes: Infinity,
        tooLarge: "",
        declaredBytes,
        ...(media && { corrections: media.corrections }),
      });
      const { headers } = request;
      const name = fileName(headers["content-disposition"]);
      const type = mediaType(media?.isBroken ? undefined : headers["content-type"]);
      // With a clock that is behind, the file would be too old as soon as the clock is right.
      const createdMs = stampMs(chat.stampNow());
      const { origin } = upload;
      const file = { id, name, type, bytes, owner, ...(user && { user }), createdMs, origin };
      // Its space is free for the row of the same file.
      upload.end();
      await this.files.announce(file);
      return file;
    } finally {
      upload.end();
    }
  }

  /** For the owner of a file, and for operators. */
  async #delete(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    visitor: Visitor,
  ): Promise<void> {
    const { chat } = this.#hub;
    try {
      const sender = await senderOf(chat, request, visitor);
      const file = this.#folder.isId(id) ? chat.store?.files.find(id) : undefined;
      if (file === undefined) throw new UploadRefusal(404, missing);
      const right = rightToDelete(chat, sender, file);
      if (right === undefined) throw new UploadRefusal(403, "You can delete only your own files");
      await this.files.remove(file, right.by);
      response.writeHead(204).end();
    } catch (error) {
      if (!(error instanceof UploadRefusal)) throw error;
      refuse(response, error);
    }
  }

  async #download(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "DELETE, GET, HEAD");
      return sendText(response, 405, "Only GET, HEAD and DELETE work here");
    }
    if (isPagePart(request.headers["sec-fetch-dest"]) || request.headers["service-worker"] !== undefined) {
      return sendText(response, 403, "A shared file cannot be a part of a page");
    }
    const row = this.#folder.isId(id) ? this.#hub.chat.store?.files.find(id) : undefined;
    using file = row && await this.files.open(row);
    if (row !== undefined && file === undefined && this.files.isShared) {
      const sentence =
        "The server cannot load this file from the other servers now, or has no space for it; try again later";
      return sendText(response, 503, sentence);
    }
    if (row === undefined || file === undefined) {
      return sendText(response, 404, missing);
    }
    response.setHeader("content-security-policy", filePolicy);
    // Pages of other sites can show the file: everybody with its address can have it.
    response.setHeader("cross-origin-resource-policy", "cross-origin");
    response.setHeader("content-disposition", disposition(row.name, row.type));
    response.setHeader("accept-ranges", "bytes");
    // Browsers ask again each time, because the file can be deleted.
    response.setHeader("cache-control", "private, no-cache");
    const content = { etag: `"${id}"`, modifiedMs: row.createdMs, size: row.bytes };
    response.setHeader("etag", content.etag);
    response.setHeader("last-modified", httpDate(row.createdMs));
    const answer = answerTo(request.headers, content, request.method);
    if (answer.status === 304) return void response.writeHead(304).end();
    if (answer.status === 412) return sendText(response, 412, "The file is not the one that was asked for");
    if (answer.status === 416) {
      response.setHeader("content-range", `bytes */${row.bytes}`);
      return sendText(response, 416, "The file does not have the requested range");
    }
    const { first, last } = answer.status === 206 ? answer : { first: 0, last: row.bytes - 1 };
    if (answer.status === 206) response.setHeader("content-range", `bytes ${first}-${last}/${row.bytes}`);
    response.writeHead(answer.status, {
      "content-type": contentType(row.type),
      "content-length": last - first + 1,
    });
    if (request.method === "HEAD") return void response.end();
    await send(file, first, last - first + 1, response);
  }
}

/** A fault of the limits as an answer. */
function refusalOf({ kind, sentence, retryMs }: UploadFault): UploadRefusal {
  const retrySeconds = retryMs === undefined ? undefined : Math.ceil(retryMs / 1000);
  return new UploadRefusal(kind === "too fast" ? 429 : 413, sentence, retrySeconds);
}

function refuse(
  response: ServerResponse,
  { status, message, retrySeconds = status === 503 ? 10 : undefined }: UploadRefusal,
): void {
  if (status === 401) {
    response.setHeader("www-authenticate", 'Basic realm="chat account", charset="UTF-8"');
  }
  if (retrySeconds !== undefined) response.setHeader("retry-after", String(retrySeconds));
  // The server does not use further bytes, so the connection cannot be used again.
  response.setHeader("connection", "close");
  sendText(response, status, message);
}

/** Sends a part of a file as fast as the reader accepts it. */
async function send(
  file: Deno.FsFile,
  first: number,
  count: number,
  response: ServerResponse,
): Promise<void> {
  await file.seek(first, Deno.SeekMode.Start);
  const closed = once(response, "close");
  for (let left = count; left > 0 && !response.destroyed;) {
    const chunk = new Uint8Array(Math.min(chunkBytes, left));
    const read = await file.read(chunk);
    if (read === null) break;
    left -= read;
    if (!response.write(chunk.subarray(0, read))) await Promise.race([once(response, "drain"), closed]);
  }
  response.end();
}
