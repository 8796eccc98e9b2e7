/**
 * A socket inside TLS: an accepted socket and the engine that encrypts for it. It has no buffer of its own while its
 * peer is idle: bytes are read into the buffer of the reader and decrypted from there.
 */
import { parseFingerprint } from "../irc/digest.ts";
import { closeQuietly } from "./close_quietly.ts";
import type { SendBatch } from "./send_batch.ts";
import type { StreamSocket } from "./stream.ts";
import { mostTlsBytes, type TlsEngine } from "./tls_engine.ts";
import type { TlsIdentity } from "./tls_identity.ts";

/** The sizes of the buffer for the handshake, and of the one for records that do not fit into the buffer of the reader. */
export const handshakeBytes = 1024;
const recordBytes = 16_384;

/** Takes over both; close() ends them. */
export class EngineSocket implements StreamSocket {
  readonly handshake = true;
  identity: TlsIdentity | undefined;
  readonly remoteAddr: StreamSocket["remoteAddr"];
  readonly proxiedFrom: StreamSocket["proxiedFrom"];
  readonly #socket: StreamSocket;
  readonly #engine: TlsEngine;
  /** Decrypted bytes that did not fit into the buffer of the reader. */
  #rest: Uint8Array | undefined;
  /** The buffer of the reader, while it waits. */
  #space: Uint8Array | undefined;
  /** The buffer of the read that runs: the reader's, or a larger one for records that do not fit into it. */
  #network: Uint8Array | undefined;
  /** The write that runs: what was not sent yet, and its size before TLS. */
  #sealed: Uint8Array | undefined;
  #plainBytes = 0;
  /** TLS has something to send, when the write that runs is over. */
  #owes = false;
  #flushing: Promise<unknown> | undefined;
  #isClosed = false;
  readonly #onRead = (count: number | null) => this.#decrypt(count);
  readonly #onWritten = (count: number) => this.#continue(count);

  constructor(socket: StreamSocket, engine: TlsEngine) {
    this.#socket = socket;
    this.#engine = engine;
    this.remoteAddr = socket.remoteAddr;
    this.proxiedFrom = socket.proxiedFrom;
  }

  /**
   * Resolves to whether TLS is there now; it is closed if not. `bytes` are the first ones. Never rejects. Call nothing
   * else before that.
   */
  async shakeHands(bytes: Uint8Array): Promise<boolean> {
    const engine = this.#engine;
    try {
      engine.receive(bytes);
      this.#flush();
      const space = new Uint8Array(handshakeBytes);
      while (!engine.isEstablished && engine.error === undefined) {
        const count = await this.#socket.read(space);
        if (count === null) break;
        engine.receive(space.subarray(0, count));
        this.#flush();
      }
      if (engine.isEstablished && engine.error === undefined) {
        this.#rest = engine.take();
        return true;
      }
      // The peer gets the alert of TLS before the end.
      await this.#flushing;
    } catch {
      // The peer left.
    }
    this.close();
    return false;
  }

  /** Call it after the handshake. */
  identify(serverEndPoint: Uint8Array | undefined): void {
    const { clientFingerprint = "" } = this.#engine;
    this.identity = { clientCertificate: parseFingerprint(clientFingerprint), serverEndPoint };
  }

  read(bytes: Uint8Array): Promise<number | null> {
    if (this.#rest !== undefined) return Promise.resolve(this.#take(this.#rest, bytes));
    if (this.#engine.isOver) return Promise.resolve(null);
    this.#space = bytes;
    return this.#receive(bytes);
  }

  #receive(bytes: Uint8Array): Promise<number | null> {
    this.#network = bytes;
    return this.#socket.read(bytes).then(this.#onRead);
  }

  #decrypt(count: number | null): number | null | Promise<number | null> {
    const network = this.#network;
    const space = this.#space;
    this.#network = this.#space = undefined;
    if (count === null || this.#isClosed || network === undefined || space === undefined) return null;
    const engine = this.#engine;
    engine.receive(network.subarray(0, count));
    const decrypted = engine.take();
    this.#flush();
    if (decrypted !== undefined) return this.#take(decrypted, space);
    if (engine.error !== undefined) throw engine.error;
    if (engine.isOver) return null;
    this.#space = space;
    const isPart = count === network.length && count < recordBytes;
    return this.#receive(isPart ? new Uint8Array(recordBytes) : network);
  }

  /** Fills `space`, and keeps the rest. */
  #take(decrypted: Uint8Array, space: Uint8Array): number {
    const count = Math.min(decrypted.length, space.length);
    space.set(count === decrypted.length ? decrypted : decrypted.subarray(0, count));
    this.#rest = count === decrypted.length ? undefined : decrypted.subarray(count);
    return count;
  }

  stage(bytes: Uint8Array, batch: SendBatch): boolean {
    if (this.#isClosed || this.#flushing !== undefined) return false;
    return this.#socket.stage?.(this.#seal(bytes), batch) ?? false;
  }

  staged(count: number): number {
    const sealed = this.#sealed;
    if (sealed === undefined) return 0;
    if (count < sealed.length) {
      this.#sealed = count > 0 ? sealed.subarray(count) : sealed;
      return 0;
    }
    return this.#endWrite();
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#isClosed) return Promise.reject(new Deno.errors.BadResource("The connection is closed"));
    if (this.#flushing !== undefined) return this.#flushing.then(() => this.write(bytes));
    // stage() can have encrypted these bytes and not sent all of them.
    return this.#socket.write(this.#sealed ?? this.#seal(bytes)).then(this.#onWritten);
  }

  #seal(bytes: Uint8Array): Uint8Array {
    const part = bytes.length > mostTlsBytes ? bytes.subarray(0, mostTlsBytes) : bytes;
    this.#plainBytes = part.length;
    return this.#sealed = this.#engine.encrypt(part);
  }

  #continue(count: number): number | Promise<number> {
    const sealed = this.#sealed;
    if (sealed !== undefined && count < sealed.length) {
      this.#sealed = sealed.subarray(count);
      return this.#socket.write(this.#sealed).then(this.#onWritten);
    }
    return this.#endWrite();
  }

  #endWrite(): number {
    this.#sealed = undefined;
    if (this.#owes) this.#flush();
    return this.#plainBytes;
  }

  /** Sends what TLS itself has to send, for example tickets and alerts, never in the middle of another write. */
  #flush(): void {
    if (this.#isClosed) return;
    this.#owes = this.#sealed !== undefined || this.#flushing !== undefined;
    if (this.#owes) return;
    const bytes = this.#engine.drain();
    if (bytes.length === 0) return;
    const end = () => {
      this.#flushing = undefined;
      if (this.#owes) this.#flush();
    };
    this.#flushing = this.#writeAll(bytes).then(end, end);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }

  async closeWrite(): Promise<void> {
    if (this.#isClosed) return;
    this.#engine.end();
    this.#flush();
    await this.#flushing;
    if (!this.#isClosed) await this.#socket.closeWrite();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#engine.close();
    closeQuietly(this.#socket);
  }
}
