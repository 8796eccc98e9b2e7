/**
 * Sockets from a trusted proxy: reads the proxy's header (proxy_header.ts), then the socket has the visitor's
 * address.
 * A peer that starts with anything else keeps its own address.
 */
import { isLoopback } from "../irc/address.ts";
import { isProxyHeader, maxHeaderBytes, parseProxyHeader, type ProxyHeader } from "./proxy_header.ts";
import type { SendBatch } from "./send_batch.ts";
import type { StreamSocket } from "./stream.ts";

/** The header was wrong, or it was not complete in time. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}

/**
 * The socket of the visitor. A peer that sends nothing for `timeoutMs` is treated as a peer without a header.
 * Undefined if the peer left; throws a ProxyError or the error of the socket. It does not close the socket.
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
      if (header !== "more") {
        const isHere = header.source !== undefined && isLoopback(header.source.hostname);
        const visitor = { ...header, from: isHere ? "here" : "elsewhere" } as const;
        return new ProxiedSocket(socket, visitor, bytes.slice(header.length));
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The bytes of a read that is still running; its failure reaches only the next reader. */
function later(reading: Promise<number | null>, space: Uint8Array): Promise<Uint8Array | null> {
  const bytes = reading.then((count) => count === null ? null : space.subarray(0, count));
  bytes.catch(() => {});
  return bytes;
}

/** An empty part of a buffer would keep all of it in memory. */
const nothing = new Uint8Array(0);

/** A socket that was read before, by code that found out about its visitor. */
export class ProxiedSocket implements StreamSocket {
  readonly remoteAddr: { readonly hostname: string; readonly port: number };
  readonly handshake?: unknown;
  readonly proxiedFrom: StreamSocket["proxiedFrom"];
  readonly #socket: StreamSocket;
  /** Bytes that came with the header and belong to the visitor. */
  #head: Uint8Array;
  #reading: Promise<Uint8Array | null> | undefined;

  /** `head` contains the bytes that were read and belong to the visitor, and `reading` a read that still runs. */
  constructor(
    socket: StreamSocket,
    visitor:
      | Pick<ProxyHeader, "source" | "secure"> & { readonly from: StreamSocket["proxiedFrom"] }
      | undefined,
    head: Uint8Array,
    reading?: Promise<Uint8Array | null>,
  ) {
    this.#socket = socket;
    this.#head = head.length === 0 ? nothing : head;
    this.#reading = reading;
    const source = visitor?.source;
    this.proxiedFrom = visitor?.from ?? socket.proxiedFrom;
    // The loopback address of the proxy's machine is not our machine.
    this.remoteAddr = source === undefined || isLoopback(source.hostname) ? socket.remoteAddr : source;
    if (visitor?.secure || socket.handshake !== undefined) this.handshake = true;
  }

  read(bytes: Uint8Array): Promise<number | null> {
    if (this.#head.length === 0 && this.#reading === undefined) return this.#socket.read(bytes);
    return this.#readHead(bytes);
  }

  async #readHead(bytes: Uint8Array): Promise<number | null> {
    if (this.#head.length === 0 && this.#reading !== undefined) {
      const read = await this.#reading;
      this.#reading = undefined;
      if (read === null) return null;
      this.#head = read;
    }
    const part = this.#head.subarray(0, bytes.length);
    bytes.set(part);
    this.#head = part.length === this.#head.length ? nothing : this.#head.subarray(part.length);
    return part.length;
  }

  attempt(bytes: Uint8Array): number {
    return this.#socket.attempt?.(bytes) ?? 0;
  }

  stage(bytes: Uint8Array, batch: SendBatch): boolean {
    return this.#socket.stage?.(bytes, batch) ?? false;
  }

  staged(count: number): number {
    return this.#socket.staged?.(count) ?? count;
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
}
