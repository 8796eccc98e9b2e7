/** Connects a client to a server by its address, in plain text or with TLS, and reports a server that is new. */
import type { KeyPair } from "./certificate.ts";
import type { Connection } from "./connection.ts";
import { dial } from "./dial.ts";
import { dialTls, TrustError } from "./dial_tls.ts";
import { KnownHosts } from "./known_hosts.ts";

/** How to connect. */
export interface ConnectOptions {
  readonly signal: AbortSignal;
  /** The file of known servers; undefined stores none. */
  readonly knownHosts: string | undefined;
  /** See DialTlsOptions. */
  readonly fingerprint: string | undefined;
  /** See DialTlsOptions. */
  readonly clientCertificate: KeyPair | undefined;
  /** Refuses a server that no authority confirms and that is not known. */
  readonly refusesUnknown: boolean;
  /** Called with a sentence about a new server, or about a failure to store it. */
  readonly onNotice: (words: string) => void;
}

/** The server is new, and unknown servers are refused. */
export class UnknownServer extends Error {
  constructor(fingerprint: string) {
    super(`no certificate authority confirms it; with --restricted, add --fingerprint ${fingerprint}`);
  }
}

/** Rejects with a DialError, a TrustError or an UnknownServer. */
export async function connectToServer(address: string, options: ConnectOptions): Promise<Connection> {
  const { signal, knownHosts, fingerprint, refusesUnknown, onNotice, clientCertificate } = options;
  if (address.startsWith("irc:")) return await dial(address, { signal });
  const found = await dialTls(address, {
    signal,
    clientCertificate,
    ...(knownHosts !== undefined && { knownHosts: new KnownHosts(knownHosts) }),
    ...(fingerprint !== undefined && { fingerprint }),
  });
  if (found.trust === "new" && refusesUnknown) {
    found.connection.abort();
    throw new UnknownServer(found.fingerprint);
  }
  if (found.trust === "new") {
    onNotice(`This is the first connection to this server; its certificate is ${found.fingerprint}`);
  }
  if (found.notSaved !== undefined) onNotice(found.notSaved);
  return found.connection;
}

/** Whether another attempt would fail in the same way. */
export function isFinal(error: unknown): boolean {
  return error instanceof TrustError || error instanceof UnknownServer;
}
