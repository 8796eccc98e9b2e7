/**
 * Connections in memory: for tests that depend on the address of a client, or that send more lines than sockets carry.
 * Other tests use real sockets.
 */
import type { Hub } from "../../lib/server/hub/hub.ts";
import type { Line } from "../../lib/irc/lines.ts";
import type { Framing, ServerConnection } from "../../lib/net/connection.ts";
import { isLoopback } from "../../lib/irc/address.ts";
import type { TlsIdentity } from "../../lib/net/tls_identity.ts";
import { encodeLine } from "../../lib/net/encode.ts";
import { Peer, type PeerOptions, type Wire } from "./peer.ts";

/** The properties of a connection beside its address. */
export interface VisitorOptions extends PeerOptions {
  /** @default {false} */
  readonly secure?: boolean;
  /** The facts that TLS proved. @default {none} */
  readonly tls?: TlsIdentity;
}

/** A peer of the hub that comes from `address`; registered unless the options say otherwise. */
export function visit(hub: Hub, address: string, nick: string, options: VisitorOptions = {}): Promise<Peer> {
  return Peer.over(wireTo(hub, address, options), nick, options);
}

function wireTo(hub: Hub, address: string, { secure, tls }: VisitorOptions): Wire {
  const decoder = new TextDecoder();
  const fromHub = new TransformStream<string, string>(undefined, undefined, { highWaterMark: Infinity });
  const writer = fromHub.writable.getWriter();
  const connection = new MemoryConnection({
    address,
    secure: secure ?? tls !== undefined,
    ...(tls && { tls }),
    sent: (chunk) =>
      decoder.decode(chunk).split("\r\n").slice(0, -1).forEach((line) => void writer.write(line)),
    closed: () => void writer.close(),
  });
  void hub.attach(connection);
  let last = Promise.resolve();
  return {
    lines: fromHub.readable,
    // Lines with CR LF between them arrive in one read.
    send(line) {
      const lines = (typeof line === "string" ? line : decoder.decode(line)).split("\r\n");
      last = last.then(() => connection.feed(lines));
    },
    close() {
      last = last.then(() => connection.close());
    },
  };
}

/** The parts of a connection in memory. */
export interface MemoryOptions {
  /** Called with the bytes that the hub sends. */
  readonly sent: (chunk: Uint8Array) => void;
  /** Called once, at the end. */
  readonly closed?: () => void;
  /** @default {"127.0.0.1"} */
  readonly address?: string;
  /** @default {false} */
  readonly secure?: boolean;
  readonly tls?: TlsIdentity;
}

/** The hub's end: the test feeds lines, and a callback gets the bytes. */
export class MemoryConnection implements ServerConnection {
  readonly framing: Framing = "line";
  readonly address: string;
  readonly secure: boolean;
  readonly isLocal: boolean;
  readonly tls: TlsIdentity | undefined;
  readonly queuedBytes = 0;
  ended: string | undefined;
  readonly #options: MemoryOptions;
  #give: ((lines: Line[] | undefined) => void) | undefined;
  #asked = Promise.withResolvers<void>();

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.address = options.address ?? "127.0.0.1";
    this.secure = options.secure ?? false;
    this.tls = options.tls;
    this.isLocal = isLoopback(this.address);
  }

  get remote(): string {
    return this.address.includes(":") ? `[${this.address}]:1` : `${this.address}:1`;
  }

  /** Resolves when the hub has acted on all of them, or has closed the connection. */
  async feed(lines: Line[]): Promise<void> {
    await this.#asked.promise;
    if (this.ended !== undefined) return;
    this.#asked = Promise.withResolvers();
    this.#give?.(lines);
    await this.#asked.promise;
  }

  async *lines(): AsyncGenerator<Line[]> {
    while (this.ended === undefined) {
      const waiting = new Promise<Line[] | undefined>((resolve) => this.#give = resolve);
      this.#asked.resolve();
      const lines = await waiting;
      if (lines !== undefined) yield lines;
    }
  }

  send(line: string): void {
    this.write(encodeLine(line, "line"));
  }

  write(chunk: Uint8Array): void {
    if (this.ended === undefined) this.#options.sent(chunk);
  }

  takeIdle(): number {
    return 0;
  }

  progress(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.ended !== undefined) return;
    this.ended = "Connection closed";
    this.#give?.(undefined);
    this.#asked.resolve();
    this.#options.closed?.();
  }

  abort(): void {
    this.close();
  }
}
