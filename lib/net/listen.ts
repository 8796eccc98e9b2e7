/** Accepts TCP and TLS connections up to a limit, and continues after the process ran out of file descriptors. */
import { AcceptedSockets } from "./accepted_sockets.ts";
import type { KeyPair } from "./certificate.ts";
import type { ServerConnection } from "./connection.ts";
import { streamConnection, type StreamOptions, type StreamSocket } from "./stream.ts";

/** Where to listen, and how to handle connections. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 uses any free port. */
  readonly port: number;
  /** The most open connections; further ones get an error line and are closed. @default {10_000} */
  readonly maxConnections?: number;
  /** The number of connections of other listeners that count towards the same limit. @default {none} */
  readonly beside?: () => number;
  /** If set, the listener speaks TLS. */
  readonly tls?: KeyPair;
  /** Whether an address is a trusted proxy, whose PROXY headers are believed. @default {none} */
  readonly isTrustedProxy?: ((address: string) => boolean) | undefined;
  /** How long a proxy can take for its header, which it sends as soon as it is connected. @default {5_000} */
  readonly headerTimeoutMs?: number;
  /** Options of each connection. */
  readonly stream: StreamOptions;
  /**
   * Called for each connection within the limit; if it throws, `onError` gets the error and the connection is
   * aborted.
   */
  readonly onConnection: (connection: ServerConnection) => void;
  /** Called when accepting fails, for the log: once for each series of failures. */
  readonly onError?: (error: unknown) => void;
}

/** A bound port. */
export interface Listener {
  readonly hostname: string;
  readonly port: number;
  /** Admitted connections whose sockets are not closed yet. */
  readonly connections: number;
  /**
   * Uses another certificate for new connections; existing ones stay. For about a millisecond nobody can connect,
   * because Deno cannot change the certificate of a bound port. Check the pair before: this does not. Resolves when
   * the port is bound again.
   */
  reload(tls: KeyPair): Promise<void>;
  /** Stops accepting; existing connections stay. Resolves when the port can be bound again. */
  close(): Promise<void>;
}

/** A port could not be bound. `reason` completes "Cannot listen on HOST:PORT: …". */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly reason: string;

  constructor(hostname: string, port: number, cause: unknown) {
    const reason = reasonOf(cause);
    super(`Cannot listen on ${hostname}:${port}: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Binds now; throws ListenError if that fails. */
export function listen(options: ListenOptions): Listener {
  return new StreamListener(options);
}

const pauseMs = 100;
/** The start of the message, the only way to recognise this error: it has no class or code of its own. */
const lookupFailed = "failed to lookup address";
/**
 * Peers over the limit that can get an error line at the same time. Further ones are closed without a line, so that
 * they do not use up all sockets.
 */
const maxRefused = 100;

class StreamListener implements Listener {
  readonly hostname: string;
  readonly port: number;
  connections = 0;
  #listener: Deno.TcpListener | Deno.TlsListener;
  #options: ListenOptions;
  /** Reads headers of proxies before a socket becomes a connection; undefined without trusted proxies. */
  readonly #acceptedSockets: AcceptedSockets | undefined;
  readonly #admitted: StreamOptions;
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
    this.#acceptedSockets = isTrustedProxy &&
      new AcceptedSockets({ isTrustedProxy, headerTimeoutMs, tls, onError });
    this.hostname = this.#listener.addr.hostname;
    this.port = this.#listener.addr.port;
    const onClosed = () => {
      this.connections--;
      options.stream.onClosed?.();
    };
    this.#admitted = { ...options.stream, onClosed };
    this.#refused = { ...options.stream, onClosed: () => this.#refusals-- };
    this.#accepting = this.#accept();
  }

  reload(tls: KeyPair): Promise<void> {
    this.#options = { ...this.#options, port: this.port, tls };
    if (this.#closed) return Promise.resolve();
    if (this.#acceptedSockets !== undefined) {
      this.#acceptedSockets.useCertificate(tls);
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
      this.#acceptedSockets?.close();
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
        await this.#pause();
      }
    }
  }

  /** The port is free only after the running accept has ended, so only the accept loop calls this. */
  #bindAgain(reloading: PromiseWithResolvers<void>): void {
    this.#listener = bind(this.#options);
    this.#reloading = undefined;
    reloading.resolve();
  }

  /** The process probably has no free file descriptors: waits until some are free or close() is called. */
  async #pause(): Promise<void> {
    const paused = Promise.withResolvers<void>();
    const timer = setTimeout(paused.resolve, pauseMs);
    await Promise.race([paused.promise, this.#stop.promise]);
    clearTimeout(timer);
  }

  #admit(socket: Deno.TcpConn | Deno.TlsConn): void {
    const { maxConnections = 10_000, beside } = this.#options;
    const isFull = this.connections + (beside?.() ?? 0) >= maxConnections;
    if (isFull && this.#refusals >= maxRefused) return socket.close();
    // From here on the socket counts towards the limit.
    if (isFull) this.#refusals++;
    else this.connections++;
    const finish = (ready: StreamSocket | undefined) => {
      const isConnected = ready !== undefined &&
        (isFull ? this.#refuse(ready, maxConnections) : this.#take(ready));
      if (isConnected) return;
      if (isFull) this.#refusals--;
      else this.connections--;
    };
    if (this.#acceptedSockets === undefined) finish(socket);
    else void this.#acceptedSockets.prepare(socket).then(finish);
  }

  /** Whether the connection was admitted; it then reports its end itself. */
  #take(socket: StreamSocket): boolean {
    const connection = this.#connect(socket, this.#admitted);
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

  /** Undefined if the peer already left; some systems report that as an error of the socket. */
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

/** The peer left before it was accepted, for example because it only tested whether the port is open. */
function isPeerGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.ConnectionAborted;
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (cause instanceof Deno.errors.AddrInUse || code === "EADDRINUSE") return "the port is in use";
  if (cause instanceof Deno.errors.PermissionDenied || code === "EACCES") return "permission denied";
  if (cause instanceof Deno.errors.NotCapable) return "Deno did not give this program access to the network";
  if (cause instanceof Deno.errors.AddrNotAvailable || code === "EADDRNOTAVAIL") {
    return "this machine does not have this address";
  }
  const words = cause instanceof Error ? cause.message : String(cause);
  return words.startsWith(lookupFailed) ? "the host does not exist" : words.replace(/ \(os error \d+\)$/, "");
}
