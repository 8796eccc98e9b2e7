/** A socket of node:http after an upgrade, in the form of lib/net: reading on request, and a promise per write. */
import type { Socket } from "node:net";
import type { Buffer } from "node:buffer";
import type { StreamSocket } from "../../net/stream.ts";
import type { Visitor } from "./visitor.ts";

/** Wraps `socket`. No other code can read from it then. `head` contains the bytes read after the upgrade. */
export function nodeSocket(socket: Socket, head: Uint8Array, visitor: Visitor): StreamSocket {
  return new NodeSocket(socket, head, visitor);
}

class NodeSocket implements StreamSocket {
  readonly remoteAddr: { readonly hostname: string; readonly port: number };
  readonly handshake?: true;
  readonly #socket: Socket;
  #head: Uint8Array;
  #ended = false;
  #failure: Error | undefined;
  /** Ends the wait for bytes. */
  #wake: (() => void) | undefined;

  constructor(socket: Socket, head: Uint8Array, { address, secure, isProxied }: Visitor) {
    this.#socket = socket;
    this.#head = head;
    // Headers do not contain the port.
    this.remoteAddr = { hostname: address || "unknown", port: isProxied ? 0 : socket.remotePort ?? 0 };
    if (secure) this.handshake = true;
    socket.setNoDelay(true);
    socket.on("readable", () => this.#wake?.());
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#end());
    socket.on("error", (error) => this.#end(error));
  }

  async read(bytes: Uint8Array): Promise<number | null> {
    if (this.#head.length > 0) {
      const part = this.#head.subarray(0, bytes.length);
      bytes.set(part);
      this.#head = this.#head.subarray(part.length);
      return part.length;
    }
    for (;;) {
      const ready = this.#socket.readableLength;
      const chunk: Buffer | null = ready > 0
        ? this.#socket.read(Math.min(ready, bytes.length))
        : this.#socket.read();
      if (chunk !== null) return this.#copyInto(chunk, bytes);
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => void this.#socket.end(() => resolve()));
  }

  close(): void {
    this.#socket.destroy();
  }

  #copyInto(chunk: Buffer, bytes: Uint8Array): number {
    const fits = chunk.subarray(0, bytes.length);
    bytes.set(fits);
    if (fits.length < chunk.length) this.#head = chunk.subarray(fits.length);
    return fits.length;
  }

  #end(failure?: Error): void {
    this.#ended = true;
    this.#failure ??= failure;
    this.#wake?.();
  }
}
