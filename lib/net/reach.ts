/** Reaches a server by its address, for clients: in plain text or encrypted, and says whom one has met there. */
import type { Connection } from "./connection.ts";
import { dial } from "./dial.ts";
import { dialTls, TrustError } from "./dial_tls.ts";
import { KnownHosts } from "./known_hosts.ts";

/** How to reach it. */
export interface ReachOptions {
  readonly signal: AbortSignal;
  /** The file that remembers servers; undefined remembers none. */
  readonly knownHosts: string | undefined;
  /** As of DialTlsOptions. */
  readonly fingerprint: string | undefined;
  /** A server that nobody vouches for is left again. */
  readonly refusesStrangers: boolean;
  /** Hears, in a sentence, of a server that is met for the first time. */
  readonly tell: (words: string) => void;
}

/** Who remembers no server can be led to any. */
export class UnknownServer extends Error {
  constructor(fingerprint: string) {
    super(`no authority vouches for it, so --restricted needs --fingerprint ${fingerprint}`);
  }
}

/** Rejects with a DialError, a TrustError or an UnknownServer. */
export async function reach(address: string, options: ReachOptions): Promise<Connection> {
  const { signal, knownHosts, fingerprint, refusesStrangers, tell } = options;
  if (address.startsWith("irc:")) return await dial(address, { signal });
  const found = await dialTls(address, {
    signal,
    ...(knownHosts !== undefined && { knownHosts: new KnownHosts(knownHosts) }),
    ...(fingerprint !== undefined && { fingerprint }),
  });
  if (found.trust === "new" && refusesStrangers) {
    found.connection.abort();
    throw new UnknownServer(found.fingerprint);
  }
  if (found.trust === "new") {
    tell(`This server is met for the first time; its certificate is ${found.fingerprint}`);
  }
  if (found.notKept !== undefined) tell(found.notKept);
  return found.connection;
}

/** Whether another try would fail in the same way. */
export function isFinal(error: unknown): boolean {
  return error instanceof TrustError || error instanceof UnknownServer;
}
