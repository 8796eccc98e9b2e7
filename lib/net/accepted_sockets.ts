/**
 * Accepted sockets before they become connections, for a port with trusted proxies. A proxy first sends a header with
 * the visitor's address, and TLS starts after that header. Sockets of other peers pass at once.
 */
import type { SecureContext } from "node:tls";
import { plainAddress } from "../irc/address.ts";
import type { KeyPair } from "./certificate.ts";
import { ProxyError, readProxied } from "./proxied_socket.ts";
import type { StreamSocket } from "./stream.ts";
import { acceptTls, secureContext } from "./tls_accept.ts";

/** How accepted sockets are prepared. */
export interface AcceptedSocketOptions {
  readonly isTrustedProxy: (address: string) => boolean;
  readonly headerTimeoutMs: number;
  /** If set, all sockets speak TLS. */
  readonly tls: KeyPair | undefined;
  /** Called for each wrong header. */
  readonly onError: ((error: unknown) => void) | undefined;
}

/** The sockets of one listener that are not connections yet. */
export class AcceptedSockets {
  readonly #options: AcceptedSocketOptions;
  readonly #waiting = new Set<StreamSocket>();
  #context: SecureContext | undefined;
  #closed = false;

  constructor(options: AcceptedSocketOptions) {
    this.#options = options;
    if (options.tls !== undefined) this.useCertificate(options.tls);
  }

  /** Uses another certificate for new sockets. */
  useCertificate(tls: KeyPair): void {
    this.#context = secureContext(tls);
  }

  /** The socket, ready to become a connection; undefined, and closed, if it cannot become one. Never rejects. */
  async prepare(socket: StreamSocket): Promise<StreamSocket | undefined> {
    const address = plainAddress(socket.remoteAddr.hostname);
    const ready = this.#options.isTrustedProxy(address) ? await this.#read(socket, address) : socket;
    return ready && this.#context ? acceptTls(ready, this.#context) : ready;
  }

  /** Closes the sockets that still wait for a header. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#waiting) socket.close();
    this.#waiting.clear();
  }

  async #read(socket: StreamSocket, address: string): Promise<StreamSocket | undefined> {
    this.#waiting.add(socket);
    const ready = await readProxied(socket, this.#options.headerTimeoutMs).catch((error) => {
      if (error instanceof ProxyError) {
        this.#options.onError?.(new Error(`the proxy ${address} ${error.message}`));
      }
      return undefined;
    });
    if (this.#closed) return undefined;
    this.#waiting.delete(socket);
    if (ready === undefined) socket.close();
    return ready;
  }
}
