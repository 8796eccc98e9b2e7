/**
 * Accepted sockets before they become connections: a trusted proxy first sends a header with the visitor's address,
 * then the TLS handshake follows. Both have a deadline. Sockets without both pass at once.
 */
import { plainAddress } from "../irc/address.ts";
import type { KeyPair } from "./certificate.ts";
import { encodeLine } from "./encode.ts";
import { isProxyHeader } from "./proxy_header.ts";
import { ProxyError, readProxied } from "./proxied_socket.ts";
import type { StreamSocket } from "./stream.ts";
import { closeQuietly } from "./close_quietly.ts";
import { acceptTls, secureContext, type TlsServerContext } from "./tls_accept.ts";

/** How accepted sockets are prepared. */
export interface AcceptedSocketOptions {
  readonly isTrustedProxy: ((address: string) => boolean) | undefined;
  readonly headerTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  /** If set, all sockets speak TLS. */
  readonly tls: KeyPair | undefined;
  /**
   * The answer to a peer that is no trusted proxy and begins with a PROXY header where TLS is spoken.
   * @default {TLS's own}
   */
  readonly onWrongHeader?: ((address: string) => string) | undefined;
  /** Called for each wrong header. */
  readonly onError: ((error: unknown) => void) | undefined;
}

/** The times of one handshake. */
export interface HandshakeOptions {
  /** @default {handshakeTimeoutMs} */
  readonly timeoutMs: number | undefined;
  readonly waitMs: () => number;
}

/** The sockets of one listener that are not connections yet. Its methods close what cannot become one. */
export class AcceptedSockets {
  readonly #options: AcceptedSocketOptions;
  readonly #waiting = new Set<StreamSocket>();
  #context: TlsServerContext | undefined;
  #closed = false;

  constructor(options: AcceptedSocketOptions) {
    this.#options = options;
    if (options.tls !== undefined) this.useCertificate(options.tls);
  }

  /** Uses another certificate for new sockets. */
  useCertificate(tls: KeyPair): void {
    this.#context = secureContext(tls);
  }

  /** Whether the peer is a trusted proxy, so that its header must be read. */
  isProxy(socket: StreamSocket): boolean {
    return this.#options.isTrustedProxy?.(plainAddress(socket.remoteAddr.hostname)) ?? false;
  }

  /** The socket with the visitor's address; undefined if the header was wrong or the peer left. Never rejects. */
  readHeader(socket: StreamSocket): Promise<StreamSocket | undefined> {
    const { headerTimeoutMs, onError } = this.#options;
    return this.#wait(
      socket,
      readProxied(socket, headerTimeoutMs).catch((error) => {
        if (error instanceof ProxyError) {
          onError?.(new Error(`the proxy ${plainAddress(socket.remoteAddr.hostname)} ${error.message}`));
        }
        return undefined;
      }),
    );
  }

  /**
   * The socket inside TLS; undefined if there is no TLS here. It resolves to undefined without a handshake in time.
   * `waitMs` gives the time until the handshake begins.
   */
  encrypt(
    socket: StreamSocket,
    { timeoutMs, waitMs }: HandshakeOptions,
  ): Promise<StreamSocket | undefined> | undefined {
    if (this.#context === undefined) return undefined;
    const restMs = waitMs();
    const dueMs = timeoutMs ?? this.#options.handshakeTimeoutMs;
    if (restMs === 0) return this.#handshake(socket, this.#context, dueMs);
    const context = this.#context;
    const rested = new Promise<StreamSocket>((resolve) => setTimeout(() => resolve(socket), restMs));
    return this.#wait(socket, rested).then((waited) => waited && this.#handshake(waited, context, dueMs));
  }

  #handshake(
    socket: StreamSocket,
    context: TlsServerContext,
    timeoutMs: number,
  ): Promise<StreamSocket | undefined> {
    const timer = setTimeout(() => closeQuietly(socket), timeoutMs);
    const { onWrongHeader } = this.#options;
    const onFirst = onWrongHeader && ((bytes: Uint8Array) => {
      if (!isProxyHeader(bytes)) return undefined;
      const sentence = onWrongHeader(plainAddress(socket.remoteAddr.hostname));
      return socket.write(encodeLine(`ERROR :${sentence}`, "line"));
    });
    return this.#wait(socket, acceptTls(socket, context, onFirst)).finally(() => clearTimeout(timer));
  }

  /** Closes the sockets that still wait. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#waiting) closeQuietly(socket);
    this.#waiting.clear();
  }

  async #wait(
    socket: StreamSocket,
    pending: Promise<StreamSocket | undefined>,
  ): Promise<StreamSocket | undefined> {
    this.#waiting.add(socket);
    const ready = await pending;
    this.#waiting.delete(socket);
    if (!this.#closed && ready !== undefined) return ready;
    closeQuietly(ready ?? socket);
    return undefined;
  }
}
