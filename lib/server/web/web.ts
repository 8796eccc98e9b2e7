/**
 * The web side: the page, WebSockets into the same hub, files and metrics; each is a route. It uses node:http, because
 * its upgrade gives the raw socket, which then takes the same send path as TCP: readers share one rope, and a slow
 * reader can be disconnected. The listener of node:http fails without free file descriptors, so `maxConnections`
 * limits it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { plainAddress } from "../../irc/address.ts";
import type { ServerConnection } from "../../net/connection.ts";
import type { StreamOptions } from "../../net/stream.ts";
import { isOwnHost, unknownHostSentence } from "./host_check.ts";
import { AddressLimits } from "./address_limits.ts";
import { allowOrigin } from "./cross_origin.ts";
import { pageAsset } from "./page_assets.ts";
import { upgrade } from "./web_socket.ts";
import { type Visitor, visitorOf } from "./visitor.ts";

/** Answers requests of one kind; undefined passes the request to the next route. */
export type Route = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  visitor: Visitor,
) => Promise<void> | undefined;

/** The options of the web side. */
export interface WebOptions {
  readonly hostname: string;
  readonly port: number;
  readonly maxConnections: number;
  /** Sockets per peer (irc/address.ts), or requests per peer through a trusted proxy; 0 means no limit. */
  readonly maxPerPeer: number;
  /** Whether an address is a trusted proxy, whose headers are believed. @default {none} */
  readonly isTrustedProxy?: ((address: string) => boolean) | undefined;
  readonly stream: StreamOptions;
  /** Origins of other pages that can connect, as plainOrigin() gives them. */
  readonly origins: readonly string[];
  /** The path of the page behind a proxy: "/chat/"; "/" without one. */
  readonly basePath: string;
  /** Names of the server, besides addresses and local names (host_check.ts). */
  readonly names: readonly string[];
  readonly onConnection: (connection: ServerConnection) => void;
  /** Called in this order, before the route of the page. */
  readonly routes: readonly Route[];
  readonly onError: (error: unknown) => void;
}

/** A listening web side. */
export interface WebListener {
  readonly port: number;
  /** Open sockets, including WebSockets. */
  readonly connections: number;
  /** Stops accepting and cuts running requests; the hub closes WebSockets. */
  close(): Promise<void>;
}

const headersTimeoutMs = 10_000;
const idleTimeoutMs = 30_000;
const tooMany = "Too many requests from your address at once";

/** Only files of this server run; no other site can embed the page or receive data from it. */
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

/** Starts to listen; rejects if it cannot bind. */
export function startWeb(options: WebOptions): Promise<WebListener> {
  const { hostname, port, maxConnections, isTrustedProxy, onError } = options;
  const peers = new AddressLimits(options.maxPerPeer);
  let connections = 0;
  const server = createServer(
    { maxHeaderSize: 16_384, headersTimeout: headersTimeoutMs },
    (request, response) => {
      if (countPending(request.socket, response) > maxPending) return void request.socket.destroy();
      if (allowOrigin(request, response, options.origins)) return;
      const visitor = visitorOf(request, isTrustedProxy);
      if (visitor.isProxied && !peers.countUntilClose(visitor.address, response)) {
        return sendText(response, 429, tooMany);
      }
      handle(request, response, visitor, options).catch((error) => {
        onError(error);
        response.destroy();
      });
    },
  );
  server.maxConnections = maxConnections;
  server.keepAliveTimeout = idleTimeoutMs;
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    const address = plainAddress(socket.remoteAddress ?? "");
    // The sockets of a proxy belong to its visitors and count as theirs.
    if (!isTrustedProxy?.(address) && !peers.countUntilClose(address, socket)) return void socket.destroy();
    connections++;
    socket.once("close", () => connections--);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Uint8Array) => {
    const visitor = visitorOf(request, isTrustedProxy);
    if (visitor.isProxied && !peers.countUntilClose(visitor.address, socket)) {
      return refuseUpgrade(socket, 429, tooMany);
    }
    const result = upgrade(request, socket, head, { ...options, visitor });
    if ("status" in result) return refuseUpgrade(socket, result.status, result.sentence);
    options.onConnection(result);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      server.on("error", onError);
      resolve({
        port: (server.address() as AddressInfo).port,
        get connections() {
          return connections;
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

/**
 * The most unanswered requests on one connection. Browsers send one at a time; without a limit, thousands would be
 * read at once.
 */
const maxPending = 16;
const pending = new WeakMap<Socket, number>();

/** Counts a request until it is answered; returns the current count. */
function countPending(socket: Socket, response: ServerResponse): number {
  const count = (pending.get(socket) ?? 0) + 1;
  pending.set(socket, count);
  response.once("close", () => pending.set(socket, (pending.get(socket) ?? 1) - 1));
  return count;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  visitor: Visitor,
  { routes, names, basePath }: WebOptions,
): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const { host } = request.headers;
  if (host !== undefined && !isOwnHost(host, names)) {
    return sendText(response, 421, unknownHostSentence(host));
  }
  const asked = pathOf(request);
  if (asked === undefined) return sendText(response, 400, "The address is malformed");
  // The page has relative addresses, which need the slash at the end of its own.
  if (`${asked}/` === basePath) return void response.writeHead(308, { location: basePath }).end();
  // Some proxies remove the path at which they have the page, others pass it on.
  const path = asked.startsWith(basePath) ? `/${asked.slice(basePath.length)}` : asked;
  for (const route of routes) {
    const pending = route(request, response, path, visitor);
    if (pending !== undefined) return await pending;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return sendText(response, 405, "Only GET works here");
  }
  const found = pageAsset(path);
  if (found === undefined) return sendText(response, 404, "This page does not exist");
  response.setHeader("etag", found.etag);
  response.setHeader("cache-control", "no-cache");
  if (request.headers["if-none-match"] === found.etag) return void response.writeHead(304).end();
  response.writeHead(200, { "content-type": found.type, "content-length": found.body.length });
  response.end(request.method === "HEAD" ? undefined : found.body);
}

/** The decoded path; undefined if it is malformed. */
function pathOf(request: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent(new URL(request.url ?? "", "http://host").pathname);
  } catch {
    return undefined;
  }
}

/** Answers with one sentence. */
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
