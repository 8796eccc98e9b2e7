/** From an HTTP upgrade to a connection of the hub: the WebSocket handshake (RFC 6455 §4.2; IRCv3 websocket). */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { ServerConnection } from "../../net/connection.ts";
import { type StreamOptions, webSocketConnection } from "../../net/stream.ts";
import { isOwnHost, unknownHostSentence } from "./host_check.ts";
import { nodeSocket } from "./node_socket.ts";
import type { Visitor } from "./visitor.ts";

/** The supported subprotocols, and how each carries lines. */
const framings: Readonly<Record<string, "text" | "binary">> = {
  "text.ircv3.net": "text",
  "binary.ircv3.net": "binary",
};
const keySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The conditions of an upgrade. */
export interface UpgradeOptions {
  readonly stream: StreamOptions;
  /** Allowed origins besides the page's own: "https://chat.example". */
  readonly origins: readonly string[];
  /** See WebOptions. */
  readonly names: readonly string[];
  readonly visitor: Visitor;
}

/** The refusal of an upgrade: a status and one sentence. */
export interface UpgradeRefusal {
  readonly status: 400 | 403 | 421 | 426;
  readonly sentence: string;
}

/** Answers the handshake and takes over the socket, or returns the reason for the refusal. */
export function upgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Uint8Array,
  options: UpgradeOptions,
): ServerConnection | UpgradeRefusal {
  const { headers } = request;
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
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const protocol = offered.find((name) => Object.hasOwn(framings, name));
  socket.write(handshakeResponse(key, protocol));
  const framing = protocol === undefined ? "text" : framings[protocol] ?? "text";
  return webSocketConnection(nodeSocket(socket, head, options.visitor), framing, options.stream);
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
