/** What carries lines, as the hub, the web part and the clients see it. Types only: TCP and TLS are stream.ts, WebSocket is its own file. */
import type { Line } from "../irc/lines.ts";

/** "line": TCP and TLS, lines end in CR LF. "text" and "binary": one WebSocket frame of that kind for each line, without CR LF. */
export type Framing = "line" | "text" | "binary";

/** What both ends see. No method throws or blocks, and all of them may be called when the connection is over: they then do nothing. */
export interface Connection {
  /** "127.0.0.1:50312" or "[::1]:50312", for logs. */
  readonly remote: string;
  /** The IP address alone, IPv4 always in its short form. */
  readonly address: string;
  /** The bytes travel inside TLS. */
  readonly secure: boolean;
  /** All lines of one read at once. Ends, never throws, as soon as the connection is over, for whatever reason. To be iterated once. */
  lines(): AsyncIterable<Line[]>;
  /** Queues one line, given without CR LF. Lines leave in the order of the calls; one that no longer fits ends the connection. */
  send(line: string): void;
  /** Ends `lines()` now; what is queued is still sent, within a bounded time, then the connection is closed. */
  close(): void;
  /** Closes now; what is queued is lost. */
  abort(): void;
  /** Why it is over, in the words of a quit message: "Connection closed", "SendQ exceeded", "Read error: …". */
  readonly ended: string | undefined;
}

/** The server's side: a line is encoded once for each kind of reader (`encodeLine`), and the bytes are shared by all of them. */
export interface ServerConnection extends Connection {
  readonly framing: Framing;
  /** Queues whole encoded lines. `chunk` is kept, not copied: giving all readers the same object is what makes a broadcast cheap. */
  write(chunk: Uint8Array): void;
  /** Bytes queued and not yet taken by the operating system. */
  readonly queuedBytes: number;
  /** Resolves when some of what is queued has been sent, or the connection is over; at once when nothing is queued. */
  progress(): Promise<void>;
}
