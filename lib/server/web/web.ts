/**
 * The web side: the page, WebSockets into the same hub, files and metrics; each is a route. node:http reads requests,
 * but it does not accept sockets, because its listener never accepts again after the process ran out of file
 * descriptors (net/accept.ts). A WebSocket gets its raw socket back and takes the same send path as TCP: readers share
 * one rope, and a slow reader can be disconnected.
 */
import { deadlines } from "../../deadlines.ts";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setImmediate } from "node:timers";
import { plainAddress } from "../../irc/address.ts";
import { Acceptor } from "../../net/accept.ts";
import type { ServerConnection } from "../../net/connection.ts";
import { AddressLimits } from "../../net/address_limits.ts";
import { fullSentence, SocketLimits } from "../../net/socket_limits.ts";
import { closeQuietly } from "../../net/close_quietly.ts";
import type { ConnectionOwner, StreamOptions, StreamSocket } from "../../net/stream.ts";
import { isOwnHost, unknownHostSentence } from "./host_check.ts";
import { type HttpDeadlines, httpDeadlines, HttpSocket } from "./http_socket.ts";
import { allowOrigin } from "./cross_origin.ts";
import type { JoinedPage } from "./joined_page.ts";
import { answerPage } from "./page_answer.ts";
import { acceptWebSocket, upgradeRefusal } from "./web_socket.ts";
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
  /** The limits of all listeners. @default {10_000 connections} */
  readonly limits?: SocketLimits;
  /** @default {httpDeadlines} */
  readonly deadlines?: HttpDeadlines;
  /** Sockets per peer (irc/address.ts), or requests per peer through a trusted proxy; 0 means no limit. */
  readonly maxPerPeer: number;
  /** Whether an address is a trusted proxy, whose headers are believed. @default {none} */
  readonly isTrustedProxy?: ((address: string) => boolean) | undefined;
  /** Counts a request; false if its visitor sends too many. @default {no limit} */
  readonly admitRequest?: (visitor: Visitor) => boolean;
  /** Called for each request that carries `sign`, a header of a proxy, from an address that is not a trusted proxy. */
  readonly onUntrustedProxy?: (address: string, sign: string) => void;
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
  /** The page with its modules joined. @default {modules one by one} */
  readonly page?: JoinedPage;
  readonly onError: (error: unknown) => void;
  /** Called for each answer that is no part of the chat. @default {nothing} */
  readonly onAnswered?: (request: IncomingMessage, status: number, address: string) => void;
  /** Called when accepting fails, once for each series of failures. @default {onError} */
  readonly onAcceptError?: (error: unknown) => void;
}

/** A listening web side. */
export interface WebListener {
  readonly port: number;
  /** Open sockets, including WebSockets. */
  readonly connections: number;
  /** Stops accepting and cuts running requests; the hub closes WebSockets. */
  close(): Promise<void>;
}

/** The facts that the end of a WebSocket needs. */
interface Place {
  /** The address of its socket, which can be that of a proxy. */
  readonly remoteAddress: string;
  readonly visitor: Visitor;
  readonly isFull: boolean;
}

/** Deadlines are checked this often, and more often if they are shorter. */
const checkMs = 1_000;
const tooFast = "Too many requests from your address; try again in a moment";
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

/** Starts to listen; throws a ListenError if it cannot bind. */
export function startWeb(options: WebOptions): WebListener {
  return new Web(options);
}

/**
 * The most unanswered requests on one connection. Browsers send one at a time; without a limit, thousands would be
 * read at once.
 */
const maxPending = 16;
const fullAnswer = refusal("503 Service Unavailable", fullSentence);
const tooManyAnswer = refusal("429 Too Many Requests", tooMany);

class Web implements WebListener {
  readonly port: number;
  connections = 0;
  readonly #options: WebOptions;
  readonly #limits: SocketLimits;
  readonly #deadlines: HttpDeadlines;
  readonly #peers: AddressLimits;
  readonly #server: Server;
  readonly #acceptor: Acceptor;
  readonly #sockets = new Set<HttpSocket>();
  /** Sockets that were refused, and the timer that closes each. */
  readonly #refused = new Map<StreamSocket, ReturnType<typeof setTimeout>>();
  readonly #checking: ReturnType<typeof setInterval>;

  constructor(options: WebOptions) {
    const { hostname, port, limits = new SocketLimits(), maxPerPeer, onError } = options;
    this.#options = options;
    this.#limits = limits;
    this.#deadlines = options.deadlines ?? httpDeadlines;
    this.#peers = new AddressLimits(maxPerPeer);
    this.#server = createServer(
      { maxHeaderSize: 16_384 },
      (request, response) => this.#answer(request, response),
    );
    // The server does not listen, but then node:http would close a connection after each answer.
    Object.defineProperty(this.#server, "listening", { value: true });
    this.#server.keepAliveTimeout = this.#deadlines.idleMs;
    this.#server.on(
      "upgrade",
      (request: IncomingMessage, socket: unknown, head: Uint8Array) =>
        this.#upgrade(request, socket as HttpSocket, head),
    );
    this.#acceptor = new Acceptor({
      hostname,
      port,
      reserve: limits.reserve,
      onSocket: (socket, isLast) => this.#admit(socket, isLast),
      onError: options.onAcceptError ?? onError,
    });
    this.port = this.#acceptor.port;
    this.#checking = setInterval(() => this.#check(), Math.min(checkMs, this.#deadlines.headersMs / 4));
  }

  close(): Promise<void> {
    clearInterval(this.#checking);
    for (const socket of this.#sockets) socket.destroy();
    for (const [socket, timer] of this.#refused) {
      clearTimeout(timer);
      closeQuietly(socket);
    }
    return this.#acceptor.close();
  }

  #admit(socket: StreamSocket, isLast: boolean): Promise<void> | undefined {
    const address = plainAddress(socket.remoteAddr.hostname);
    // The sockets of a proxy belong to its visitors and count as theirs.
    const isProxy = this.#options.isTrustedProxy?.(address) ?? false;
    if (isLast || !this.#limits.takeDescriptor()) {
      this.#limits.onRefused(address, "descriptors");
      return this.#refuse(socket, fullAnswer);
    }
    if (!isProxy && !this.#peers.take(address)) {
      this.#limits.releaseDescriptor();
      this.#limits.onRefused(address, "per address");
      return this.#refuse(socket, tooManyAnswer);
    }
    const accepted = new HttpSocket(socket, this.#deadlines);
    this.connections++;
    this.#sockets.add(accepted);
    accepted.on("error", () => {});
    // A socket that a WebSocket took does not close.
    accepted.once("close", () => {
      this.#sockets.delete(accepted);
      this.#limits.releaseDescriptor();
      this.#leave(accepted.remoteAddress);
      // Afterwards node:http has ended the answer that it was sending.
      setImmediate(() => accepted.endAnswers());
    });
    this.#server.emit("connection", accepted);
    return undefined;
  }

  #leave(remoteAddress: string): void {
    this.connections--;
    const address = plainAddress(remoteAddress);
    if (!this.#options.isTrustedProxy?.(address)) this.#peers.release(address);
  }

  /** Closes the sockets of peers that are too slow. */
  #check(): void {
    const nowMs = performance.now();
    for (const socket of this.#sockets) socket.check(nowMs);
  }

  /** Answers why there is no place, and closes soon. */
  #refuse(socket: StreamSocket, answer: Uint8Array): Promise<void> | undefined {
    const sent = socket.write(answer).then(() => {}, () => {});
    if (!this.#limits.enterRefused()) return sent.finally(() => closeQuietly(socket));
    sent.then(() => socket.closeWrite()).catch(() => {});
    const end = () => {
      this.#refused.delete(socket);
      this.#limits.leaveRefused();
      closeQuietly(socket);
    };
    this.#refused.set(socket, setTimeout(end, deadlines.refusalMs));
    return undefined;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const socket = request.socket as unknown as HttpSocket;
    const { origins, onError } = this.#options;
    socket.begin(request, response);
    if (socket.requests > maxPending) return void socket.destroy();
    if (allowOrigin(request, response, origins)) return;
    const visitor = this.#visitorOf(request);
    const { address, isProxied, isLocal } = visitor;
    response.once("finish", () => this.#options.onAnswered?.(request, response.statusCode, address));
    if (this.#options.admitRequest?.(visitor) === false) {
      response.setHeader("retry-after", "1");
      return sendText(response, 429, tooFast);
    }
    if (isProxied) {
      if (!this.#peers.take(address, isLocal)) return sendText(response, 429, tooMany);
      response.once("close", () => this.#peers.release(address, isLocal));
    }
    handle(request, response, visitor, this.#options).catch((error) => {
      onError(error);
      response.destroy();
    });
  }

  #visitorOf(request: IncomingMessage): Visitor {
    const { isTrustedProxy, onUntrustedProxy } = this.#options;
    const visitor = visitorOf(request, isTrustedProxy);
    const { address, untrustedSign } = visitor;
    if (untrustedSign !== undefined && this.#isForUs(request)) onUntrustedProxy?.(address, untrustedSign);
    return visitor;
  }

  /** False for the name of another site that leads here; no proxy is to blame for that. */
  #isForUs({ headers: { host } }: IncomingMessage): boolean {
    return host === undefined || isOwnHost(host, this.#options.names);
  }

  #upgrade(request: IncomingMessage, socket: HttpSocket, head: Uint8Array): void {
    const visitor = this.#visitorOf(request);
    const { address, isProxied, isLocal } = visitor;
    const refused = upgradeRefusal(request, this.#options);
    // A WebSocket must not follow unfinished answers on the same connection.
    if (socket.requests > 0 || socket.writableLength > 0) return void socket.destroy();
    const refuse = (status: number, sentence: string) => {
      this.#options.onAnswered?.(request, status, address);
      refuseUpgrade(socket, status, sentence);
    };
    if (refused !== undefined) return refuse(refused.status, refused.sentence);
    if (this.#options.admitRequest?.(visitor) === false) return refuse(429, tooFast);
    if (isProxied && !this.#peers.take(address, isLocal)) return refuse(429, tooMany);
    this.#limits.releaseDescriptor();
    const full = this.#limits.enter(address, isLocal);
    if (full !== undefined && !this.#limits.enterRefused()) {
      // It remains a request until it is closed.
      this.#limits.takeDescriptor();
      if (isProxied) this.#peers.release(address, isLocal);
      return refuse(503, full);
    }
    this.#sockets.delete(socket);
    const { onConnection } = this.#options;
    const place = { remoteAddress: socket.remoteAddress, visitor, isFull: full !== undefined };
    const { stream } = this.#options;
    const connection = acceptWebSocket(request, socket.release(head, visitor), stream, this.#ownerOf(place));
    if (full === undefined) return onConnection(connection);
    // A page cannot read the answer of a refused upgrade.
    connection.send(`ERROR :${full}`);
    connection.close();
  }

  /**
   * The owner of a WebSocket. A function of its own, because a closure keeps all that the closures beside it use: here
   * the request and the buffers of HTTP, as long as the WebSocket lives.
   */
  #ownerOf({ remoteAddress, visitor: { address, isProxied, isLocal }, isFull }: Place): ConnectionOwner {
    const closed = () => {
      this.#leave(remoteAddress);
      if (isProxied) this.#peers.release(address, isLocal);
      if (isFull) this.#limits.leaveRefused();
      else this.#limits.leave(address, isLocal);
    };
    return { closed };
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  visitor: Visitor,
  { routes, names, basePath, page }: WebOptions,
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
  if (!await answerPage(request, response, path, page)) sendText(response, 404, "This page does not exist");
}

/** The decoded path; undefined if it is malformed. */
function pathOf(request: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent(new URL(request.url ?? "", "http://host").pathname);
  } catch {
    return undefined;
  }
}

/** A whole answer to a socket that has no place. */
function refusal(status: string, sentence: string): Uint8Array {
  return new TextEncoder().encode(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nRetry-After: 10\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${
        sentence.length + 1
      }\r\n\r\n${sentence}\n`,
  );
}

/** Answers with one sentence. */
export function sendText(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${sentence}\n`);
}

function refuseUpgrade(socket: HttpSocket, status: number, sentence: string): void {
  const extra = status === 426 ? "Sec-WebSocket-Version: 13\r\n" : "";
  socket.write(
    `HTTP/1.1 ${status} Refused\r\n${extra}Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${new TextEncoder().encode(sentence).length}\r\n\r\n${sentence}`,
  );
  socket.destroySoon();
}
