/**
 * A socket of node:tls in the form that net/ reads and writes. Clients dial with it, because Deno's own TLS does not
 * give the certificate of the peer. It also skips the proof that the peer has its key where chains are not checked, so
 * a pin would be worthless. A server in a Deno without the TLS engine accepts with it (tls_stream_accept.ts).
 */
import type { TLSSocket } from "node:tls";
import type { StreamSocket } from "./stream.ts";
import type { TlsIdentity } from "./tls_identity.ts";

/** The socket that carries the TLS, if it is not one of node:net. */
type Carrier = Pick<StreamSocket, "remoteAddr" | "proxiedFrom" | "close">;

/** Takes over a connected socket. */
export class TlsSocket implements StreamSocket {
  readonly handshake = true;
  identity: TlsIdentity | undefined;
  readonly remoteAddr: { readonly hostname: string; readonly port: number };
  readonly proxiedFrom: StreamSocket["proxiedFrom"];
  readonly #socket: TLSSocket;
  readonly #carrier: Carrier | undefined;
  #chunks: Uint8Array[] = [];
  #over = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: TLSSocket, carrier?: Carrier) {
    this.#socket = socket;
    this.#carrier = carrier;
    this.proxiedFrom = carrier?.proxiedFrom;
    this.remoteAddr = carrier?.remoteAddr ??
      { hostname: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    socket.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      socket.pause();
      this.#notify();
    });
    socket.on("error", (error: Error) => this.#end(error));
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#end());
  }

  async read(bytes: Uint8Array): Promise<number | null> {
    for (;;) {
      const [chunk] = this.#chunks;
      if (chunk !== undefined) return this.#take(chunk, bytes);
      if (this.#error !== undefined) throw this.#error;
      if (this.#over) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#socket.resume();
      });
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(() => resolve()));
  }

  close(): void {
    this.#socket.destroy();
    // Destroying can wait for the peer.
    this.#carrier?.close();
  }

  #take(chunk: Uint8Array, bytes: Uint8Array): number {
    const count = Math.min(chunk.length, bytes.length);
    bytes.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    return count;
  }

  #end(error?: Error): void {
    this.#over = true;
    this.#error ??= error;
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
