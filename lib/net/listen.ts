/** Accepts TCP and TLS connections up to a cap, and goes on accepting after the process ran out of file descriptors. */
import { Arrivals } from "./arrivals.ts";
import type { KeyPair } from "./certificate.ts";
import type { ServerConnection } from "./connection.ts";
import { streamConnection, type StreamOptions, type StreamSocket } from "./stream.ts";

/** Where to listen, and what becomes of who comes. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 is any free port. */
  readonly port: number;
  /** Connections open at once; who comes past it is told so and closed. @default {10_000} */
  readonly maxConnections?: number;
  /** Connections of other listeners that count towards the same limit. @default {none} */
  readonly beside?: () => number;
  /** With it the listener speaks TLS. */
  readonly tls?: KeyPair;
  /** Whether an address is a proxy's, whose PROXY headers are believed. @default {nobody's} */
  readonly isTrustedProxy?: ((address: string) => boolean) | undefined;
  /** How long such a proxy may take for its header, which it sends as soon as it is connected. @default {5_000} */
  readonly headerTimeoutMs?: number;
  /** How each connection behaves. */
  readonly stream: StreamOptions;
  /** Called for each connection under the cap; what it throws goes to `onError`, and the connection is aborted. */
  readonly onConnection: (connection: ServerConnection) => void;
  /** Told of accepts that failed, for the log: once for each time that they begin to fail. */
  readonly onError?: (error: unknown) => void;
}

/** A bound port. */
export interface Listener {
  readonly hostname: string;
  readonly port: number;
  /** Connections that were welcome and whose sockets are not closed yet. */
  readonly connections: number;
  /**
   * Shows another certificate to who comes from now on; connections made before stay. For about a millisecond nobody
   * can connect, as Deno has no way to change the certificate of a bound port. A pair that is refused is never tried
   * here: check it first. Resolves once the port is bound again.
   */
  reload(tls: KeyPair): Promise<void>;
  /** Accepts no more; connections made before stay. Resolves when the port may be bound again. */
  close(): Promise<void>;
}

/** A port could not be bound. `reason` completes "Cannot listen on HOST:PORT as …". */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly reason: string;

  constructor(hostname: string, port: number, cause: unknown) {
    const reason = reasonOf(cause);
    super(`Cannot listen on ${hostname}:${port} as ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Binds now; throws ListenError when it cannot. */
export function listen(options: ListenOptions): Listener {
  return new StreamListener(options);
}

const restMs = 100;
/** How the words of the only sign of it start: such an error has no class or code of its own. */
const lookupFailed = "failed to lookup address";
/** Peers past the cap that are being told so. Yet more are closed without a word, or they would use up all sockets. */
const maxRefused = 100;

class StreamListener implements Listener {
  readonly hostname: string;
  readonly port: number;
  connections = 0;
  #listener: Deno.TcpListener | Deno.TlsListener;
  #options: ListenOptions;
  /** For what is read before a socket is a connection; undefined where nothing is. */
  readonly #arrivals: Arrivals | undefined;
  readonly #welcome: StreamOptions;
  readonly #refused: StreamOptions;
  readonly #accepting: Promise<void>;
  readonly #stop = Promise.withResolvers<void>();
  #reloading: PromiseWithResolvers<void> | undefined;
  #refusals = 0;
  #closed = false;
  #failing = false;

  constructor(options: ListenOptions) {
    this.#options = options;
    this.#listener = bind(options);
    const { isTrustedProxy, headerTimeoutMs = 5_000, tls, onError } = options;
    this.#arrivals = isTrustedProxy && new Arrivals({ isTrustedProxy, headerTimeoutMs, tls, onError });
    this.hostname = this.#listener.addr.hostname;
    this.port = this.#listener.addr.port;
    const onClosed = () => {
      this.connections--;
      options.stream.onClosed?.();
    };
    this.#welcome = { ...options.stream, onClosed };
    this.#refused = { ...options.stream, onClosed: () => this.#refusals-- };
    this.#accepting = this.#accept();
  }

  reload(tls: KeyPair): Promise<void> {
    this.#options = { ...this.#options, port: this.port, tls };
    if (this.#closed) return Promise.resolve();
    if (this.#arrivals !== undefined) {
      this.#arrivals.show(tls);
      return Promise.resolve();
    }
    if (this.#reloading === undefined) {
      this.#reloading = Promise.withResolvers();
      this.#listener.close();
    }
    return this.#reloading.promise;
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#stop.resolve();
      this.#arrivals?.close();
      if (this.#reloading === undefined) this.#listener.close();
      this.#reloading?.resolve();
    }
    return this.#accepting;
  }

  async #accept(): Promise<void> {
    while (!this.#closed) {
      try {
        if (this.#reloading !== undefined) this.#bindAgain(this.#reloading);
        const socket = await this.#listener.accept();
        this.#failing = false;
        this.#admit(socket);
      } catch (error) {
        if (this.#closed) return;
        if (this.#reloading !== undefined && !(error instanceof ListenError)) continue;
        if (isPeerGone(error)) continue;
        if (!this.#failing) this.#options.onError?.(error);
        this.#failing = true;
        await this.#rest();
      }
    }
  }

  /** The port is free for us only once the accept under way has ended, so this is for the accept loop alone. */
  #bindAgain(reloading: PromiseWithResolvers<void>): void {
    this.#listener = bind(this.#options);
    this.#reloading = undefined;
    reloading.resolve();
  }

  /** Out of file descriptors, most likely: wait for some to be freed, but not past close(). */
  async #rest(): Promise<void> {
    const rested = Promise.withResolvers<void>();
    const timer = setTimeout(rested.resolve, restMs);
    await Promise.race([rested.promise, this.#stop.promise]);
    clearTimeout(timer);
  }

  #admit(socket: Deno.TcpConn | Deno.TlsConn): void {
    const { maxConnections = 10_000, beside } = this.#options;
    const isFull = this.connections + (beside?.() ?? 0) >= maxConnections;
    if (isFull && this.#refusals >= maxRefused) return socket.close();
    // Its place is held from here on.
    if (isFull) this.#refusals++;
    else this.connections++;
    const go = (ready: StreamSocket | undefined) => {
      const isHere = ready !== undefined &&
        (isFull ? this.#refuse(ready, maxConnections) : this.#take(ready));
      if (isHere) return;
      if (isFull) this.#refusals--;
      else this.connections--;
    };
    if (this.#arrivals === undefined) go(socket);
    else void this.#arrivals.receive(socket).then(go);
  }

  /** Whether it was taken; its end is then told by the connection. */
  #take(socket: StreamSocket): boolean {
    const connection = this.#connect(socket, this.#welcome);
    if (connection === undefined) return false;
    try {
      this.#options.onConnection(connection);
    } catch (error) {
      this.#options.onError?.(error);
      connection.abort();
    }
    return true;
  }

  #refuse(socket: StreamSocket, count: number): boolean {
    const connection = this.#connect(socket, this.#refused);
    connection?.send(`ERROR :The server is full: ${count} of ${count} connections`);
    connection?.close();
    return connection !== undefined;
  }

  /** Undefined when the peer was gone before it was welcomed, which some systems tell as an error of the socket. */
  #connect(socket: StreamSocket, options: StreamOptions): ServerConnection | undefined {
    try {
      return streamConnection(socket, options);
    } catch {
      socket.close();
      return undefined;
    }
  }
}

function bind(options: ListenOptions): Deno.TcpListener | Deno.TlsListener {
  const { hostname, port, tls, isTrustedProxy } = options;
  try {
    if (tls === undefined || isTrustedProxy !== undefined) return Deno.listen({ hostname, port });
    return Deno.listenTls({ hostname, port, cert: tls.cert, key: tls.key });
  } catch (error) {
    throw new ListenError(hostname, port, error);
  }
}

/** It left before it was accepted, as those do that only ask whether we are here. */
function isPeerGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.ConnectionAborted;
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (cause instanceof Deno.errors.AddrInUse || code === "EADDRINUSE") return "the port is in use";
  if (cause instanceof Deno.errors.PermissionDenied || code === "EACCES") return "permission denied";
  if (cause instanceof Deno.errors.NotCapable) return "this program was not given access to the network";
  if (cause instanceof Deno.errors.AddrNotAvailable || code === "EADDRNOTAVAIL") {
    return "the address is not one of this machine's";
  }
  const words = cause instanceof Error ? cause.message : String(cause);
  return words.startsWith(lookupFailed) ? "there is no such host" : words.replace(/ \(os error \d+\)$/, "");
}
