/** Connects a client to a server by its address, in plain text or with TLS, and reports a server that is new. */
import type { KeyPair } from "./certificate.ts";
import type { Connection, FirstContact } from "./connection.ts";
import { dial, DialError, parseServerAddress } from "./dial.ts";
import { dialTls, type TlsConnection, TrustError, UnconfirmedError } from "./dial_tls.ts";
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
  /** Refuses it because the server said that it must be used with TLS (STS). @default {false} */
  readonly isForced?: boolean;
  /** Called with a sentence about a new server, or about a failure to store it. */
  readonly onNotice: (words: string) => void;
}

/** The server is new, and unknown servers are refused. */
export class UnknownServer extends Error {
  constructor(fingerprint: string, isForced: boolean) {
    super(
      isForced
        ? `the server wants TLS (STS), but no certificate authority confirms it; if its owner tells you the same fingerprint, add --fingerprint ${fingerprint}`
        : `no certificate authority confirms it; with --restricted, add --fingerprint ${fingerprint}`,
    );
  }
}

/** Rejects with a DialError, a TrustError or an UnknownServer. */
export async function connectToServer(address: string, options: ConnectOptions): Promise<Connection> {
  const { signal, knownHosts, fingerprint, refusesUnknown, isForced = false, onNotice, clientCertificate } =
    options;
  if (address.startsWith("irc:")) return await dial(address, { signal });
  const known = knownHosts === undefined ? undefined : new KnownHosts(knownHosts);
  let found: TlsConnection;
  try {
    found = await dialTls(address, {
      signal,
      clientCertificate,
      refusesNew: refusesUnknown || isForced,
      ...(known !== undefined && { knownHosts: known }),
      ...(fingerprint !== undefined && { fingerprint }),
    });
  } catch (error) {
    if (error instanceof UnconfirmedError) throw new UnknownServer(error.fingerprint, isForced);
    const { hostname, port } = parseServerAddress(address, "ircs");
    const hadTls = isForced || known?.find(`${hostname}:${port}`) !== undefined;
    throw error instanceof DialError && hadTls ? new DialError(address, error.reason, error, true) : error;
  }
  const { connection, fingerprint: shown, trust, notSaved } = found;
  if (!metHere.has(address)) {
    if (trust === "new") {
      onNotice(`This is the first connection to this server; its certificate is ${shown}`);
    }
    if (notSaved !== undefined) onNotice(notSaved);
  }
  if (trust === "new") metHere.add(address);
  // The person has not had the time to compare the certificate, so the second connection of this run is no proof.
  if (metHere.has(address) && (trust === "new" || trust === "known")) {
    askToConfirm(connection, address, shown);
  }
  return connection;
}

function askToConfirm(
  connection: Connection & { firstContact?: FirstContact | undefined },
  address: string,
  fingerprint: string,
): void {
  const confirm = (): void => {
    metHere.delete(address);
    connection.firstContact = undefined;
  };
  connection.firstContact = { fingerprint, confirm };
}

/** The servers that this program met for the first time. */
const metHere = new Set<string>();

/** Whether another attempt would fail in the same way. */
export function isFinal(error: unknown): boolean {
  return error instanceof TrustError || error instanceof UnknownServer;
}
