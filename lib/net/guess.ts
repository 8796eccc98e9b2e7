/** Which protocol a peer speaks that does not speak IRC, and the shortest answer it will understand. Pure. */

/** A fatal TLS alert, unexpected_message (RFC 8446 §6.2): TLS libraries fail at once instead of waiting for a handshake. */
export const tlsAlert: Uint8Array = Uint8Array.of(0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0a);

const methods = [
  "GET ",
  "POST ",
  "HEAD ",
  "PUT ",
  "DELETE ",
  "OPTIONS ",
  "CONNECT ",
  "PATCH ",
  "TRACE ",
  "PRI ",
];

/** What the first bytes of a connection show; undefined for anything that may be IRC. */
export function wrongProtocol(firstBytes: Uint8Array): "TLS" | "HTTP" | undefined {
  if (firstBytes[0] === 0x16 && firstBytes[1] === 0x03) return "TLS";
  const start = String.fromCharCode(...firstBytes.subarray(0, 256));
  const method = methods.find((name) => start.startsWith(name));
  if (method === undefined) return undefined;
  const line = start.split("\n", 1)[0] ?? "";
  return /^\S+ \S+ HTTP\/\d/.test(line) ? "HTTP" : undefined;
}

/** A whole HTTP/1.1 answer that refuses, with `sentence` as its body. */
export function httpRefusal(sentence: string): Uint8Array {
  const body = new TextEncoder().encode(sentence + "\n");
  const head =
    `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return new Uint8Array([...new TextEncoder().encode(head), ...body]);
}
