/** Opens a connection to a server, for clients: irc://host:port. It does not retry; see backoff.ts. */
import { deadlines } from "../deadlines.ts";
import type { LineLimits } from "../irc/lines.ts";
import type { Connection } from "./connection.ts";
import { Flusher } from "./send_queue.ts";
import { streamConnection } from "./stream.ts";

/** How to dial. */
export interface DialOptions {
  /** For the whole attempt, including the lookup of the host name. @default {deadlines.dialMs} */
  readonly timeoutMs?: number;
  /** Aborts the attempt. It has no effect once connected. */
  readonly signal?: AbortSignal;
  /** Limits for lines from the server. @default {8191 bytes of tags and 65536 of body} */
  readonly limits?: LineLimits;
}

/** Why dialling can fail. */
export type DialReason = "refused" | "no such host" | "timed out" | "aborted" | "unreachable" | "no TLS";

/** The connection failed. The message is for people, `reason` is for programs. */
export class DialError extends Error {
  override readonly name = "DialError";
  readonly reason: DialReason;
  /** This computer reached the server with TLS before, so a person must not be told to try without. */
  readonly hadTls: boolean;

  constructor(address: string, reason: DialReason, cause: unknown, hadTls = false) {
    const why = hadTls && reason === "no TLS" ? lostTls : words[reason];
    super(`Cannot connect to ${address}: ${why}`, { cause });
    this.reason = reason;
    this.hadTls = hadTls;
  }
}

const words: Record<DialReason, string> = {
  "refused": "nothing is listening there",
  "no such host": "the host does not exist",
  "timed out": "the server did not answer in time",
  "aborted": "the attempt was cancelled",
  "unreachable": "the server is unreachable",
  "no TLS": "the server does not speak TLS on this port",
};
const lostTls =
  "the server spoke TLS before, and does not now; ask the person who runs it, because somebody " +
  "between you and the server can cause this";
const schemes = { irc: 6667, ircs: 6697 } as const;
/** The default limits for lines from a server. */
export const defaultLimits: LineLimits = { tagBytes: 8191, bodyBytes: 65_536 };

/** Resolves once connected; rejects with DialError, or with RangeError for an invalid address or option. */
export async function dial(address: string, options: DialOptions = {}): Promise<Connection> {
  const { timeoutMs = deadlines.dialMs, signal, limits = defaultLimits } = options;
  if (!(timeoutMs > 0)) {
    throw new RangeError(`Cannot dial "${address}" as timeoutMs must be > 0: it is ${timeoutMs}`);
  }
  const { hostname, port } = parseServerAddress(address, "irc");
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const either = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
    const socket = await Deno.connect({ hostname, port, signal: either });
    socket.setNoDelay();
    return streamConnection(socket, { flusher: new Flusher(), limits });
  } catch (error) {
    throw new DialError(address, reasonOf(error, signal, timeout.signal), error);
  } finally {
    clearTimeout(timer);
  }
}

/** Parses irc://host:port or ircs://host:port; throws RangeError for anything else. */
export function parseServerAddress(
  address: string,
  scheme: "irc" | "ircs",
): { hostname: string; port: number } {
  const url = URL.parse(address);
  if (url === null || url.protocol !== `${scheme}:` || url.hostname === "") {
    throw new RangeError(`Cannot dial "${address}": it must look like ${scheme}://host:port`);
  }
  return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || schemes[scheme]) };
}

function reasonOf(error: unknown, signal: AbortSignal | undefined, timeout: AbortSignal): DialReason {
  if (signal?.aborted) return "aborted";
  if (timeout.aborted || error instanceof Deno.errors.TimedOut) return "timed out";
  if (error instanceof Deno.errors.ConnectionRefused) return "refused";
  // The listener closed while this connection was in its queue.
  if (error instanceof Deno.errors.ConnectionReset) return "refused";
  // The message is the only way to recognise this error: it has no class or code of its own.
  if (error instanceof Error && error.message.startsWith("failed to lookup address")) return "no such host";
  return "unreachable";
}
