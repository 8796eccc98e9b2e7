/**
 * The web side: the page, WebSockets into the same hub, files, metrics, each a route. node:http does HTTP, as its
 * upgrade hands over the raw socket, which then takes the same send path as TCP: readers share one rope, and one that
 * stopped reading can be dropped. Its listener dies when file descriptors run out, so `maxConnections` bounds it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { isLoopback, peerOf, plainAddress } from "../irc/address.ts";
import type { ServerConnection } from "../net/connection.ts";
import type { StreamOptions } from "../net/stream.ts";
import { isForUs, strangeHost } from "./host.ts";
import { asset } from "./static.ts";
import { upgrade } from "./socket.ts";

/** Answers requests of one kind; undefined leaves the request to the next route. */
export type Route = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => Promise<void> | undefined;

/** How the web side listens. */
export interface WebOptions {
  readonly hostname: string;
  readonly port: number;
  readonly maxConnections: number;
  /** Sockets one peer (irc/address.ts) may hold, this machine's own not counted; 0 counts nobody. */
  readonly maxPerPeer: number;
  readonly stream: StreamOptions;
  /** Origins of pages that may connect besides our own. */
  readonly origins: readonly string[];
  /** Names it goes by, beside addresses and those of a local network (host.ts). */
  readonly names: readonly string[];
  readonly onConnection: (connection: ServerConnection) => void;
  /** Asked in this order, before the page's own files. */
  readonly routes: readonly Route[];
  readonly onError: (error: unknown) => void;
}

/** A listening web side. */
export interface WebListener {
  readonly port: number;
  /** Sockets open now, WebSockets included. */
  readonly connections: number;
  /** Accepts no more; requests under way are cut, WebSockets are the hub's to close. */
  close(): Promise<void>;
}

const headersTimeoutMs = 10_000;
const idleTimeoutMs = 30_000;

/** Nothing but our own files runs, and no other site may frame us or be sent anything. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** The sockets that are open, and how many of them each peer has: one that takes all would keep the others out. */
class PeerSockets {
  readonly #most: number;
  readonly #byPeer = new Map<string, number>();
  count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** False when its peer has too many. */
  add(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress ?? "");
    const peer = peerOf(address);
    const held = this.#byPeer.get(peer) ?? 0;
    if (this.#most > 0 && held >= this.#most && !isLoopback(address)) return false;
    this.#byPeer.set(peer, held + 1);
    this.count++;
    socket.on("close", () => this.#remove(peer));
    return true;
  }

  #remove(peer: string): void {
    this.count--;
    const held = this.#byPeer.get(peer) ?? 0;
    if (held > 1) this.#byPeer.set(peer, held - 1);
    else this.#byPeer.delete(peer);
  }
}

/** Listens; rejects when it cannot bind. */
export function startWeb(options: WebOptions): Promise<WebListener> {
  const { hostname, port, maxConnections, onError } = options;
  const server = createServer(
    { maxHeaderSize: 16_384, headersTimeout: headersTimeoutMs },
    (request, response) => {
      if (countPending(request.socket, response) > maxPending) return void request.socket.destroy();
      handle(request, response, options).catch((error) => {
        onError(error);
        response.destroy();
      });
    },
  );
  server.maxConnections = maxConnections;
  server.keepAliveTimeout = idleTimeoutMs;
  const sockets = new PeerSockets(options.maxPerPeer);
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    if (!sockets.add(socket)) socket.destroy();
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Uint8Array) => {
    const made = upgrade(request, socket, head, { ...options, secure: false });
    if ("status" in made) return refuseUpgrade(socket, made.status, made.sentence);
    options.onConnection(made);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      server.on("error", onError);
      resolve({
        port: (server.address() as AddressInfo).port,
        get connections() {
          return sockets.count;
        },
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

/** Requests of one connection that wait for their answers. Browsers send one at a time; thousands would be read at once. */
const maxPending = 16;
const pending = new WeakMap<Socket, number>();

/** Counts a request until it is answered, and says how many there are. */
function countPending(socket: Socket, response: ServerResponse): number {
  const count = (pending.get(socket) ?? 0) + 1;
  pending.set(socket, count);
  response.once("close", () => pending.set(socket, (pending.get(socket) ?? 1) - 1));
  return count;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, names }: WebOptions,
): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const { host } = request.headers;
  if (host !== undefined && !isForUs(host, names)) return sendText(response, 421, strangeHost(host));
  const path = pathOf(request);
  if (path === undefined) return sendText(response, 400, "The address is malformed");
  for (const route of routes) {
    const pending = route(request, response, path);
    if (pending !== undefined) return await pending;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return sendText(response, 405, "Only GET works here");
  }
  const found = asset(path);
  if (found === undefined) return sendText(response, 404, "There is nothing here");
  response.setHeader("etag", found.etag);
  response.setHeader("cache-control", "no-cache");
  if (request.headers["if-none-match"] === found.etag) return void response.writeHead(304).end();
  response.writeHead(200, { "content-type": found.type, "content-length": found.body.length });
  response.end(request.method === "HEAD" ? undefined : found.body);
}

/** The path alone, decoded; undefined when it cannot be one. */
function pathOf(request: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent(new URL(request.url ?? "", "http://host").pathname);
  } catch {
    return undefined;
  }
}

/** One sentence as an answer. */
export function sendText(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${sentence}\n`);
}

function refuseUpgrade(socket: Socket, status: number, sentence: string): void {
  const extra = status === 426 ? "Sec-WebSocket-Version: 13\r\n" : "";
  socket.end(
    `HTTP/1.1 ${status} Refused\r\n${extra}Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${new TextEncoder().encode(sentence).length}\r\n\r\n${sentence}`,
  );
}
