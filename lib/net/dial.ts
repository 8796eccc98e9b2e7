/** Opens a connection to a server, for clients: irc://host:port. Does not try again; see backoff.ts. */
import type { LineLimits } from "../irc/lines.ts";
import type { Connection } from "./connection.ts";
import { Flusher } from "./queue.ts";
import { streamConnection } from "./stream.ts";

/** How to dial. */
export interface DialOptions {
  /** Of the attempt as a whole, host name included. @default {10_000} */
  readonly timeoutMs?: number;
  /** Gives up when aborted. Of no effect once connected. */
  readonly signal?: AbortSignal;
  /** What lines from the server may be long. @default {8191 bytes of tags and 65536 of body} */
  readonly limits?: LineLimits;
}

/** Kinds of failure to dial. */
export type DialReason = "refused" | "no such host" | "timed out" | "aborted" | "unreachable" | "no TLS";

/** No connection came about. The message is for people, `reason` for programs. */
export class DialError extends Error {
  override readonly name = "DialError";
  readonly reason: DialReason;

  constructor(address: string, reason: DialReason, cause: unknown) {
    super(`Cannot connect to ${address}: ${words[reason]}`, { cause });
    this.reason = reason;
  }
}

const words: Record<DialReason, string> = {
  "refused": "nothing listens there",
  "no such host": "there is no such host",
  "timed out": "there was no answer in time",
  "aborted": "it was given up",
  "unreachable": "it cannot be reached",
  "no TLS": "what listens there speaks no TLS",
};
const schemes = { irc: 6667, ircs: 6697 } as const;
/** What lines from a server may be long, unless told otherwise. */
export const defaultLimits: LineLimits = { tagBytes: 8191, bodyBytes: 65_536 };

/** Resolves once connected; rejects with DialError, or with RangeError for an address or option that makes no sense. */
export async function dial(address: string, options: DialOptions = {}): Promise<Connection> {
  const { timeoutMs = 10_000, signal, limits = defaultLimits } = options;
  if (!(timeoutMs > 0)) {
    throw new RangeError(`Cannot dial "${address}" as timeoutMs must be > 0: it is ${timeoutMs}`);
  }
  const { hostname, port } = parseAddress(address, "irc");
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const either = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
    const socket = await Deno.connect({ hostname, port, signal: either });
    return streamConnection(socket, { flusher: new Flusher(), limits });
  } catch (error) {
    throw new DialError(address, reasonOf(error, signal, timeout.signal), error);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads irc://host:port or ircs://host:port; throws RangeError for anything else. */
export function parseAddress(address: string, scheme: "irc" | "ircs"): { hostname: string; port: number } {
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
  // The listener closed with us in its queue.
  if (error instanceof Deno.errors.ConnectionReset) return "refused";
  // The only sign of it: the error has no class or code of its own.
  if (error instanceof Error && error.message.startsWith("failed to lookup address")) return "no such host";
  return "unreachable";
}
