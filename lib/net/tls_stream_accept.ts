/**
 * TLS on an accepted socket by the documented part of node:tls, where Deno does not have the functions that
 * tls_engine.ts uses. A line to a reader takes twice the CPU time there, and a connection more memory.
 */
import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import { nextTick } from "node:process";
import { TLSSocket } from "node:tls";
import { parseFingerprint } from "../irc/digest.ts";
import { closeQuietly } from "./close_quietly.ts";
import type { StreamSocket } from "./stream.ts";
import type { OnFirst, TlsServerContext } from "./tls_accept.ts";
import { clientCertificateOptions } from "./tls_engine.ts";
import { TlsSocket } from "./tls_socket.ts";

const firstBytes = 1024;
const mostBytes = 16_384;

/** See acceptTls(). */
export function acceptByStreams(
  socket: StreamSocket,
  { secureContext, serverEndPoint }: TlsServerContext,
  onFirst?: OnFirst,
): Promise<StreamSocket | undefined> {
  // The types allow only sockets of node:net; any stream works.
  const inner = new InnerStream(socket, onFirst);
  const outer = new TLSSocket(inner as unknown as ConstructorParameters<typeof TLSSocket>[0], {
    isServer: true,
    secureContext,
    ...clientCertificateOptions,
  });
  const ready = new TlsSocket(outer, inner);
  // TLSSocket starts in the next tick. If it fails before, on bytes that were read with a PROXY header, then its start
  // throws where nobody can catch it.
  nextTick(() => inner.begin());
  return new Promise((resolve) => {
    outer.once("secure", () => {
      const { fingerprint256 = "" } = outer.getPeerCertificate() ?? {};
      ready.identity = { clientCertificate: parseFingerprint(fingerprint256), serverEndPoint };
      resolve(ready);
    });
    outer.once("close", () => resolve(undefined));
    outer.once("error", () => ready.close());
  });
}

/** The part of a stream that TLSSocket uses, without the buffers of a real one. */
class InnerStream extends EventEmitter {
  readable = true;
  writable = true;
  readonly readableObjectMode = false;
  readonly #socket: StreamSocket;
  #space = new Uint8Array(firstBytes);
  #hasBegun = false;
  #isFlowing = false;
  #isReading = false;
  #isClosed = false;
  #onFirst: OnFirst | undefined;

  constructor(socket: StreamSocket, onFirst: OnFirst | undefined) {
    super();
    this.#socket = socket;
    this.#onFirst = onFirst;
  }

  /** Reads nothing before. */
  begin(): void {
    this.#hasBegun = true;
    if (this.#isFlowing) this.#read();
  }

  pause(): this {
    this.#isFlowing = false;
    return this;
  }

  resume(): this {
    this.#isFlowing = true;
    this.#read();
    return this;
  }

  cork(): void {}

  uncork(): void {}

  write(bytes: Uint8Array, done: (error?: unknown) => void): boolean {
    let sent = 0;
    const onWritten = (count: number) => {
      sent += count;
      if (sent < bytes.length) this.#socket.write(bytes.subarray(sent)).then(onWritten, done);
      else done();
    };
    this.#socket.write(bytes).then(onWritten, done);
    return true;
  }

  end(done: () => void): void {
    this.writable = false;
    this.#socket.closeWrite().then(done, done);
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeQuietly(this.#socket);
    this.emit("close");
  }

  get remoteAddr(): StreamSocket["remoteAddr"] {
    return this.#socket.remoteAddr;
  }

  get proxiedFrom(): StreamSocket["proxiedFrom"] {
    return this.#socket.proxiedFrom;
  }

  close(): void {
    this.destroy();
  }

  #read(): void {
    if (!this.#hasBegun || this.#isReading || this.#isClosed || !this.readable) return;
    this.#isReading = true;
    this.#socket.read(this.#space).then(this.#onRead, this.#onError);
  }

  readonly #onRead = (count: number | null) => {
    this.#isReading = false;
    if (count === null) {
      this.readable = false;
      return void this.emit("end");
    }
    const refusal = this.#onFirst?.(this.#space.subarray(0, count));
    this.#onFirst = undefined;
    if (refusal !== undefined) return void refusal.then(() => this.destroy(), () => this.destroy());
    this.emit("data", Buffer.from(this.#space.slice(0, count).buffer));
    const { length } = this.#space;
    // A large buffer stays only while a peer sends much.
    if (count === length && length < mostBytes) this.#space = new Uint8Array(mostBytes);
    else if (length > firstBytes && count < firstBytes) this.#space = new Uint8Array(firstBytes);
    if (this.#isFlowing) this.#read();
  };

  readonly #onError = () => {
    this.#isReading = false;
    this.destroy();
  };
}
