/** Accepts TCP and TLS connections up to a cap, and goes on accepting when the process is out of file descriptors. */
import type { ServerConnection } from "./connection.ts";
import { encodeLine } from "./encode.ts";
import { streamConnection, type StreamOptions } from "./stream.ts";

/** Where to listen, and what to do with who comes. */
export interface ListenOptions {
  readonly hostname: string;
  /** 0 is any free port. */
  readonly port: number;
  /** Connections open at once; who comes past it is told so and closed. @default {10_000} */
  readonly maxConnections?: number;
  /** PEM texts; with them the listener speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** How each connection behaves. */
  readonly stream: StreamOptions;
  readonly onConnection: (connection: ServerConnection) => void;
  /** Told of accepts that failed, for the log. */
  readonly onError?: (error: unknown) => void;
}

/** A bound port. */
export interface Listener {
  readonly hostname: string;
  readonly port: number;
  /** Sockets open now, those that are being closed included. */
  readonly connections: number;
  /** Accepts no more; connections made before stay. Resolves when the port is free again. */
  close(): Promise<void>;
}

/** Why a port could not be bound: `reason` completes "Cannot listen on HOST:PORT as …". */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly reason: string;

  constructor(hostname: string, port: number, cause: unknown) {
    const reason = listenReason(cause);
    super(`Cannot listen on ${hostname}:${port} as ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Binds now; throws ListenError when it cannot. */
export function listen(options: ListenOptions): Listener {
  return new StreamListener(options);
}

const BACK_OFF_MS = 100;

class StreamListener implements Listener {
  connections = 0;
  readonly #listener: Deno.TcpListener | Deno.TlsListener;
  readonly #options: ListenOptions;
  readonly #stream: StreamOptions;
  readonly #accepting: Promise<void>;
  readonly #stop = Promise.withResolvers<void>();
  #closed = false;

  constructor(options: ListenOptions) {
    this.#options = options;
    this.#listener = bind(options);
    const onClosed = () => {
      this.connections--;
      options.stream.onClosed?.();
    };
    this.#stream = { ...options.stream, onClosed };
    this.#accepting = this.#accept();
  }

  get hostname(): string {
    return this.#listener.addr.hostname;
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#stop.resolve();
      this.#listener.close();
    }
    return this.#accepting;
  }

  async #accept(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#welcome(await this.#listener.accept());
      } catch (error) {
        if (this.#closed) return;
        this.#options.onError?.(error);
        await this.#rest();
      }
    }
  }

  /** Out of descriptors, or a peer that was gone at once: wait a little, not for ever, and not past close(). */
  async #rest(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rested = new Promise<void>((resolve) => timer = setTimeout(resolve, BACK_OFF_MS));
    await Promise.race([rested, this.#stop.promise]);
    clearTimeout(timer);
  }

  #welcome(socket: Deno.TcpConn | Deno.TlsConn): void {
    const { maxConnections = 10_000, onConnection } = this.#options;
    this.connections++;
    const connection = streamConnection(socket, this.#stream);
    if (this.connections <= maxConnections) return onConnection(connection);
    connection.write(
      encodeLine(`ERROR :The server is full: ${maxConnections} of ${maxConnections} connections`, "line"),
    );
    connection.close();
  }
}

function bind({ hostname, port, tls }: ListenOptions): Deno.TcpListener | Deno.TlsListener {
  try {
    if (tls === undefined) return Deno.listen({ hostname, port });
    return Deno.listenTls({ hostname, port, cert: tls.cert, key: tls.key });
  } catch (error) {
    throw new ListenError(hostname, port, error);
  }
}

function listenReason(cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) return "the port is in use";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (cause instanceof Deno.errors.NotCapable) return "network access was not granted to this program";
  if (cause instanceof Deno.errors.AddrNotAvailable) return "the address is not one of this machine's";
  return cause instanceof Error ? cause.message : String(cause);
}
