/** Opens a connection to a server, for clients: "irc://host:port". */
import type { LineLimits } from "../irc/lines.ts";
import type { Connection } from "./connection.ts";
import { Flusher } from "./queue.ts";
import { streamConnection } from "./stream.ts";

/** How to dial. */
export interface DialOptions {
  /** @default {10_000} */
  readonly timeoutMs?: number;
  /** Gives up when aborted. */
  readonly signal?: AbortSignal;
  /** What lines from the server may be long. @default {8191 bytes of tags, 65536 of body} */
  readonly limits?: LineLimits;
}

/** Why dialling failed: `reason` is "refused", "no such host", "timed out", "aborted" or "unreachable". */
export class DialError extends Error {
  override readonly name = "DialError";
  readonly reason: DialReason;

  constructor(address: string, reason: DialReason, cause: unknown) {
    super(`Cannot connect to ${address}: ${words[reason]}`, { cause });
    this.reason = reason;
  }
}

/** Kinds of failure to dial. */
export type DialReason = "refused" | "no such host" | "timed out" | "aborted" | "unreachable";

const words: Record<DialReason, string> = {
  "refused": "nothing listens there",
  "no such host": "there is no such host",
  "timed out": "there was no answer in time",
  "aborted": "it was given up",
  "unreachable": "it cannot be reached",
};

const defaultLimits: LineLimits = { tagBytes: 8191, bodyBytes: 65_536 };

/** Resolves once connected; rejects with DialError. A malformed address is a RangeError. */
export async function dial(address: string, options: DialOptions = {}): Promise<Connection> {
  const { timeoutMs = 10_000, signal, limits = defaultLimits } = options;
  const { hostname, port } = parseAddress(address);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const either = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
    const socket = await Deno.connect({ hostname, port, signal: either });
    return streamConnection(socket, { flusher: new Flusher(), limits });
  } catch (error) {
    if (signal?.aborted) throw new DialError(address, "aborted", error);
    throw new DialError(address, timeout.signal.aborted ? "timed out" : dialReason(error), error);
  } finally {
    clearTimeout(timer);
  }
}

function parseAddress(address: string): { hostname: string; port: number } {
  const url = URL.parse(address);
  if (url === null || url.protocol !== "irc:" || url.hostname === "") {
    throw new RangeError(`Cannot dial "${address}": it must look like irc://host:port`);
  }
  return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 6667) };
}

function dialReason(error: unknown): DialReason {
  if (error instanceof Deno.errors.ConnectionRefused) return "refused";
  if (error instanceof Deno.errors.TimedOut) return "timed out";
  if (error instanceof Error && /lookup address/.test(error.message)) return "no such host";
  return "unreachable";
}
