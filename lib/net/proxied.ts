/**
 * Sockets that a proxy opened for somebody else: its header (proxy_header.ts) is read before anything is made of them,
 * and from then on they go by the visitor's address. A peer that begins with anything else speaks for itself.
 */
import { isLoopback } from "../irc/address.ts";
import { isProxyHeader, maxHeaderBytes, parseProxyHeader, type ProxyHeader } from "./proxy_header.ts";
import type { StreamSocket } from "./stream.ts";

/** Its header was wrong, or did not come whole in time. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}

/**
 * The socket as the visitor's. Who is silent so long is taken for somebody who speaks for himself and types slowly.
 * Undefined when the peer has gone; throws a ProxyError, and what the socket throws. Does not close it.
 */
export async function readProxied(
  socket: StreamSocket,
  timeoutMs: number,
): Promise<StreamSocket | undefined> {
  const buffer = new Uint8Array(maxHeaderBytes);
  const patience = Promise.withResolvers<"late">();
  const timer = setTimeout(() => patience.resolve("late"), timeoutMs);
  try {
    for (let filled = 0;;) {
      const space = buffer.subarray(filled);
      const reading = socket.read(space);
      const count = await Promise.race([reading, patience.promise]);
      if (count === null) return undefined;
      if (count === "late") {
        if (isProxyHeader(buffer.subarray(0, filled))) {
          throw new ProxyError("did not send its header in time");
        }
        return new ProxiedSocket(socket, undefined, buffer.slice(0, filled), later(reading, space));
      }
      filled += count;
      const bytes = buffer.subarray(0, filled);
      const header = parseProxyHeader(bytes);
      if (header === "malformed") throw new ProxyError("sent a malformed header");
      if (header === "none") return new ProxiedSocket(socket, undefined, bytes.slice());
      if (header !== "more") return new ProxiedSocket(socket, header, bytes.slice(header.length));
    }
  } finally {
    clearTimeout(timer);
  }
}

/** What a read that is under way brings; a failure is told to who asks, and to nobody before. */
function later(reading: Promise<number | null>, space: Uint8Array): Promise<Uint8Array | null> {
  const bytes = reading.then((count) => count === null ? null : space.subarray(0, count));
  bytes.catch(() => {});
  return bytes;
}

class ProxiedSocket implements StreamSocket {
  readonly remoteAddr: { readonly hostname: string; readonly port: number };
  readonly handshake?: unknown;
  readonly #socket: StreamSocket;
  /** Read with the header, and the visitor's own. */
  #head: Uint8Array;
  #reading: Promise<Uint8Array | null> | undefined;

  constructor(
    socket: StreamSocket,
    header: ProxyHeader | undefined,
    head: Uint8Array,
    reading?: Promise<Uint8Array | null>,
  ) {
    this.#socket = socket;
    this.#head = head;
    this.#reading = reading;
    const source = header?.source;
    // The proxy's own machine is not ours.
    this.remoteAddr = source === undefined || isLoopback(source.hostname) ? socket.remoteAddr : source;
    if (header?.secure || socket.handshake !== undefined) this.handshake = true;
  }

  async read(bytes: Uint8Array): Promise<number | null> {
    if (this.#head.length === 0 && this.#reading !== undefined) {
      const read = await this.#reading;
      this.#reading = undefined;
      if (read === null) return null;
      this.#head = read;
    }
    if (this.#head.length === 0) return this.#socket.read(bytes);
    const part = this.#head.subarray(0, bytes.length);
    bytes.set(part);
    this.#head = this.#head.subarray(part.length);
    return part.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#socket.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#socket.closeWrite();
  }

  close(): void {
    this.#socket.close();
  }

  setNoDelay(): void {
    this.#socket.setNoDelay?.();
  }
}
