/**
 * Accepts TCP sockets, one after the other, for every listener of the server: IRC, IRC over TLS and HTTP. It continues
 * after the process ran out of file descriptors, which the listeners of node:net and node:http do not: they never
 * accept again, and report nothing (Deno 2.9.6).
 */
import { type DescriptorReserve, isOutOfDescriptors } from "./descriptors.ts";
import { DirectSocket } from "./direct_socket.ts";
import { afterSockets } from "../socket_rounds.ts";
import type { StreamSocket } from "./stream.ts";
import { systemReason } from "./system_reason.ts";

/** Where to listen, and what to do with sockets. */
export interface AcceptOptions {
  readonly hostname: string;
  /** 0 uses any free port. */
  readonly port: number;
  /** @default {none: without free descriptors, newcomers wait} */
  readonly reserve?: DescriptorReserve | undefined;
  /**
   * Called for each socket, which sends small writes at once. With `isLast` it has a descriptor of the reserve: refuse
   * and close it soon. No other socket is accepted before the returned promise resolves.
   */
  readonly onSocket: (socket: StreamSocket, isLast: boolean) => Promise<void> | undefined;
  /** Called when accepting fails: once for each series of failures. */
  readonly onError: ((error: unknown) => void) | undefined;
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

const pauseMs = 100;
/**
 * After so many sockets, accepted without a pause, other sockets are read. With fewer, 5,000 who arrive at once fill the
 * backlog: the system drops the others, which try again after a second.
 */
const acceptedAtOnce = 100;
/** More time between two sockets is a pause. */
const acceptPauseMs = 1;
/** A busy moment can bring thousands of connections; the system can lower this number. */
const tcpBacklog = 4096;
/** The start of the message, the only way to recognise this error: it has no class or code of its own. */
const lookupFailed = "failed to lookup address";

/** A bound port. */
export class Acceptor {
  readonly hostname: string;
  readonly port: number;
  readonly #options: AcceptOptions;
  readonly #listener: Deno.TcpListener;
  readonly #accepting: Promise<void>;
  readonly #stop = Promise.withResolvers<void>();
  #closed = false;
  #failing = false;

  /** Binds now; throws ListenError if that fails. */
  constructor(options: AcceptOptions) {
    const { hostname, port } = options;
    this.#options = options;
    try {
      this.#listener = Deno.listen({ hostname, port, tcpBacklog });
    } catch (error) {
      throw new ListenError(hostname, port, error);
    }
    this.hostname = this.#listener.addr.hostname;
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** Stops accepting. Resolves when the port can be bound again. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#stop.resolve();
      this.#listener.close();
    }
    return this.#accepting;
  }

  async #accept(): Promise<void> {
    const { reserve } = this.#options;
    let accepted = 0;
    let lastMs = 0;
    while (!this.#closed) {
      try {
        const socket = await this.#listener.accept();
        const nowMs = performance.now();
        accepted = nowMs - lastMs > acceptPauseMs ? 1 : accepted + 1;
        lastMs = nowMs;
        const isLast = reserve !== undefined && !reserve.refill();
        this.#failing = false;
        const pending = this.#pass(socket, isLast);
        if (pending !== undefined) await pending;
        if (accepted % acceptedAtOnce === 0) await new Promise<void>(afterSockets);
      } catch (error) {
        if (this.#closed) return;
        if (isPeerGone(error)) continue;
        this.#report(error);
        if (!isOutOfDescriptors(error) || !reserve?.lend()) await this.#pause();
      }
    }
  }

  #pass(accepted: Deno.TcpConn, isLast: boolean): Promise<void> | undefined {
    const socket = new DirectSocket(accepted);
    try {
      // An answer of several small writes would otherwise wait for the peer's delayed acknowledgements: 40 ms each.
      accepted.setNoDelay();
      return this.#options.onSocket(socket, isLast);
    } catch (error) {
      socket.close();
      // Some systems report a peer that left as an error of the socket.
      if (!isPeerGone(error) && !(error instanceof Deno.errors.BadResource)) this.#options.onError?.(error);
    }
  }

  #report(error: unknown): void {
    const { reserve, onError } = this.#options;
    // All listeners have this fault at the same moment.
    const isNews = reserve !== undefined && isOutOfDescriptors(error) ? reserve.isNews() : !this.#failing;
    this.#failing = true;
    if (isNews) onError?.(error);
  }

  /** Waits until some descriptors can be free again, or close() is called. */
  async #pause(): Promise<void> {
    const paused = Promise.withResolvers<void>();
    const timer = setTimeout(paused.resolve, pauseMs);
    await Promise.race([paused.promise, this.#stop.promise]);
    clearTimeout(timer);
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
  const words = systemReason(cause);
  return words.startsWith(lookupFailed) ? "the host does not exist" : words;
}
