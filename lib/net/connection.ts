/**
 * A connection carries lines. These are its types for hub, web and clients; stream.ts implements TCP, TLS and
 * WebSocket.
 */
import type { Line } from "../irc/lines.ts";
import type { TlsIdentity } from "./tls_identity.ts";

/**
 * "line": TCP and TLS; lines end with CR LF. "text" and "binary": one WebSocket frame of that type per line, without
 * CR LF. "lines": the lines of one write in WebSocket frames of many lines, with CR LF; a line has the bytes of "line".
 */
export type Framing = "line" | "text" | "binary" | "lines";

/**
 * How soon lines are sent while much is written to thousands: an answer to the reader itself comes first; then what others
 * say; what "can wait", as the JOIN of somebody else, comes up to 50 ms later in a crowd. All keep their order.
 */
export type Urgency = "answer" | "delivery" | "can wait";

/** The first connection of a client to a server that no authority confirms. */
export interface FirstContact {
  /** The fingerprint (SHA-256) of its certificate: "AB:CD:…". */
  readonly fingerprint: string;
  /** The person has compared the fingerprint: this is the right server. */
  readonly confirm: () => void;
}

/**
 * The common part of both ends. No method throws or blocks. After the end of the connection, all methods do nothing.
 */
export interface Connection {
  /** "127.0.0.1:50312" or "[::1]:50312", for logs. */
  readonly remote: string;
  /** The IP address without port; IPv4 always in its short form. */
  readonly address: string;
  /** Whether the bytes travel inside TLS. */
  readonly secure: boolean;
  /** Undefined without TLS, and if a proxy has its end of TLS. */
  readonly tls?: TlsIdentity | undefined;
  /** Undefined unless nothing shows yet whose server it is: there is TLS, but no authority confirms it, and it is new. */
  readonly firstContact?: FirstContact | undefined;
  /**
   * All lines of one read at once. It ends, and never throws, when the connection is over for any reason. Iterate it
   * once.
   */
  lines(): AsyncIterable<Line[]>;
  /**
   * Queues one line without its CR LF. Lines are sent in the order of the calls; a line over the limit ends the
   * connection.
   */
  send(line: string): void;
  /** Ends `lines()` now, sends the queued lines within a limited time, then closes the connection. */
  close(): void;
  /** Closes now; queued lines are lost. */
  abort(): void;
  /** The reason of the end, in the form of a quit message: "Connection closed", "SendQ exceeded", "Read error: …". */
  readonly ended: string | undefined;
}

/**
 * The server's side: a line is encoded once per recipient profile (`encodeLine`), and all its recipients share the
 * bytes.
 */
export interface ServerConnection extends Connection {
  readonly framing: Framing;
  /**
   * Whether the peer is a program on this machine. Somebody who comes through a proxy on this machine is not, although
   * the address can be a loopback address.
   */
  readonly isLocal: boolean;
  /**
   * Queues whole encoded lines. `chunk` is not copied: a broadcast is cheap because all readers get the same object.
   * @default urgency {"answer"}
   */
  write(chunk: Uint8Array, urgency?: Urgency): void;
  /**
   * Counts the input since the last call that gave no line: blank lines, WebSocket frames without a line, reads that
   * completed no line. After some of it `lines()` gives an empty array.
   */
  takeIdle(): number;
  /** Queued bytes that the operating system has not taken yet. */
  readonly queuedBytes: number;
  /** Resolves when some queued bytes were sent or the connection is over; at once if nothing is queued. */
  progress(): Promise<void>;
}
