/** From an HTTP upgrade to a connection of the hub: the WebSocket handshake (RFC 6455 §4.2; IRCv3 websocket). */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Framing, ServerConnection } from "../../net/connection.ts";
import {
  type ConnectionOwner,
  type StreamOptions,
  type StreamSocket,
  webSocketConnection,
} from "../../net/stream.ts";
import { isOwnHost, unknownHostSentence } from "./host_check.ts";

/** The supported subprotocols, and how each carries lines to the client. A frame from the client can have several lines. */
const framings: Readonly<Record<string, Exclude<Framing, "line">>> = {
  // Our page asks for it.
  "lines.parley": "lines",
  "text.ircv3.net": "text",
  "binary.ircv3.net": "binary",
};
const keySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The conditions of an upgrade. */
export interface UpgradeOptions {
  /** Allowed origins besides the page's own: "https://chat.example". */
  readonly origins: readonly string[];
  /** See WebOptions. */
  readonly names: readonly string[];
}

/** The refusal of an upgrade: a status and one sentence. */
export interface UpgradeRefusal {
  readonly status: 400 | 403 | 421 | 426;
  readonly sentence: string;
}

/** Why a request for an upgrade is refused; undefined if it is not. */
export function upgradeRefusal(
  request: IncomingMessage,
  options: UpgradeOptions,
): UpgradeRefusal | undefined {
  const { headers, method } = request;
  if (method !== "GET") return { status: 400, sentence: "A WebSocket begins with a GET request" };
  const key = headers["sec-websocket-key"];
  if (headers.upgrade?.toLowerCase() !== "websocket") {
    return { status: 400, sentence: "The only supported upgrade is websocket" };
  }
  if (headers["sec-websocket-version"] !== "13") {
    return { status: 426, sentence: "The server needs WebSocket version 13" };
  }
  if (typeof key !== "string" || !/^[A-Za-z0-9+/]{22}==$/.test(key)) {
    return { status: 400, sentence: "Sec-WebSocket-Key is missing or malformed" };
  }
  if (headers.host !== undefined && !isOwnHost(headers.host, options.names)) {
    return { status: 421, sentence: unknownHostSentence(headers.host) };
  }
  if (!isAllowedOrigin(headers.origin, headers.host, options)) {
    return {
      status: 403,
      sentence: `Pages of "${headers.origin}" cannot connect to this server; see --web-origin`,
    };
  }
  return undefined;
}

/** Answers a handshake that is not refused, and takes over the socket. */
export function acceptWebSocket(
  { headers }: IncomingMessage,
  socket: StreamSocket,
  options: StreamOptions,
  owner: ConnectionOwner,
): ServerConnection {
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const protocol = offered.find((name) => Object.hasOwn(framings, name));
  const framing = protocol === undefined ? "text" : framings[protocol] ?? "text";
  const answer = new TextEncoder().encode(handshakeResponse(String(headers["sec-websocket-key"]), protocol));
  return webSocketConnection(socket, framing, options, { owner, answer });
}

function handshakeResponse(key: string, protocol: string | undefined): string {
  const accept = createHash("sha1").update(key + keySuffix).digest("base64");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    "\r\n",
  ].join("\r\n");
}

/**
 * A browser sends the origin of its page; programs send none. Pages of other sites must not use the browsers of our
 * users. The caller has checked that `host` is ours.
 */
function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  { origins }: UpgradeOptions,
): boolean {
  if (origin === undefined) return true;
  if (origins.includes(origin)) return true;
  const url = URL.parse(origin);
  // Some proxies add the usual port of the scheme to Host, which a browser leaves out.
  return url !== null && URL.parse(`${url.protocol}//${host}`)?.host === url.host;
}
