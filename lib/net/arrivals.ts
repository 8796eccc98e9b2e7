/**
 * What happens between accepting and a connection where proxies may come: theirs begin with a header that names the
 * visitor, and TLS starts after it. Everybody else goes through at once.
 */
import type { SecureContext } from "node:tls";
import { plainAddress } from "../irc/address.ts";
import type { KeyPair } from "./certificate.ts";
import { ProxyError, readProxied } from "./proxied.ts";
import type { StreamSocket } from "./stream.ts";
import { acceptTls, secureContext } from "./tls_accept.ts";

/** How sockets are received. */
export interface ArrivalOptions {
  readonly isTrustedProxy: (address: string) => boolean;
  readonly headerTimeoutMs: number;
  /** With it all sockets speak TLS. */
  readonly tls: KeyPair | undefined;
  /** Told of headers that are wrong. */
  readonly onError: ((error: unknown) => void) | undefined;
}

/** The sockets of one listener that are not connections yet. */
export class Arrivals {
  readonly #options: ArrivalOptions;
  readonly #waiting = new Set<StreamSocket>();
  #context: SecureContext | undefined;
  #closed = false;

  constructor(options: ArrivalOptions) {
    this.#options = options;
    if (options.tls !== undefined) this.show(options.tls);
  }

  /** Shows another certificate to who comes from now on. */
  show(tls: KeyPair): void {
    this.#context = secureContext(tls);
  }

  /** The socket, ready to be a connection; undefined, and closed, when it cannot be one. Never rejects. */
  async receive(socket: StreamSocket): Promise<StreamSocket | undefined> {
    const address = plainAddress(socket.remoteAddr.hostname);
    const ready = this.#options.isTrustedProxy(address) ? await this.#read(socket, address) : socket;
    return ready && this.#context ? acceptTls(ready, this.#context) : ready;
  }

  /** Closes what still waits for a header. */
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
