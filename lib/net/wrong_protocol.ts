/** Recognises peers that do not speak IRC, and makes the shortest answer their protocol understands. Pure. */
import { isProxyHeader } from "./proxy_header.ts";

/**
 * A fatal alert, unexpected_message (RFC 8446 §6.2): a TLS library fails at once instead of waiting for a handshake.
 */
export const tlsAlert: Uint8Array<ArrayBuffer> = Uint8Array.of(0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0a);

const tlsHandshake = 0x16;
const tlsMajor = 0x03;
const longestMethod = "OPTIONS".length;
const httpMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PRI"];

/** The protocol of the first bytes; undefined if they can be IRC, where none of these methods is a command. */
export function wrongProtocol(firstBytes: Uint8Array): "TLS" | "HTTP" | "PROXY" | undefined {
  if (firstBytes[0] === tlsHandshake && firstBytes[1] === tlsMajor) return "TLS";
  if (isProxyHeader(firstBytes)) return "PROXY";
  const start = String.fromCharCode(...firstBytes.subarray(0, longestMethod + 2));
  const space = start.indexOf(" ");
  if (space < 0 || !httpMethods.includes(start.slice(0, space))) return undefined;
  // A path, "*", or an absolute address as in a request to a proxy.
  return /[\/*h]/.test(start.charAt(space + 1)) ? "HTTP" : undefined;
}

/** A complete HTTP/1.1 error response with `sentence` as its body. */
export function httpRefusal(sentence: string): Uint8Array<ArrayBuffer> {
  const length = new TextEncoder().encode(sentence).length + 1;
  return new TextEncoder().encode(
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n" +
      `Content-Length: ${length}\r\nConnection: close\r\n\r\n${sentence}\n`,
  );
}
