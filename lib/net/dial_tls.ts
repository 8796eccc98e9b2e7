/**
 * Opens an encrypted connection to a server, for clients: ircs://host:port, trusted on first use. known_hosts.ts stores
 * and compares the keys; this file refuses a server that changed.
 */
import { deadlines } from "../deadlines.ts";
import { createHash, X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import type { KeyPair } from "./certificate.ts";
import type { Connection } from "./connection.ts";
import { defaultLimits, DialError, type DialOptions, type DialReason, parseServerAddress } from "./dial.ts";
import { judgeTrust, type KnownHosts, type PeerCertificate, type StoredTrust } from "./known_hosts.ts";
import { Flusher } from "./send_queue.ts";
import { streamConnection } from "./stream.ts";
import { systemReason } from "./system_reason.ts";
import { serverEndPoint } from "./tls_identity.ts";
import { TlsSocket } from "./tls_socket.ts";

/** How to dial, and which servers to trust. */
export interface DialTlsOptions extends DialOptions {
  /** Stores keys of servers; without it, every server is new. */
  readonly knownHosts?: KnownHosts;
  /**
   * The fingerprint the server must have, in the form the server prints ("AB:CD:…"). Nothing else is then checked or
   * stored.
   */
  readonly fingerprint?: string;
  /**
   * Refuses a server that is new and that no authority confirms: its handshake fails, so no byte of ours reaches it.
   * @default {false}
   */
  readonly refusesNew?: boolean;
  /** PEM certificates of trusted authorities. @default {those of the system} */
  readonly authorities?: readonly string[];
  /** The certificate of this client, with its key, for servers that ask for one. @default {none} */
  readonly clientCertificate?: KeyPair | undefined;
}

/** A connection, and why the server is trusted. */
export interface TlsConnection {
  readonly connection: Connection;
  /** Show "new" to the user with the fingerprint, so that they can compare it with the one the server printed. */
  readonly trust: "authority" | "known" | "new" | "given";
  readonly fingerprint: string;
  /** Why the server could not be stored; undefined if there was no failure. */
  readonly notSaved: string | undefined;
}

/** The server is not the known one. Nothing was sent to it. The message is for people and has several lines. */
export class TrustError extends Error {
  override readonly name = "TrustError";
  readonly fingerprint: string;
  readonly remembered: StoredTrust;

  /** Without a remedy, `remembered` is the fingerprint the user gave. */
  constructor(address: string, shown: PeerCertificate, remembered: StoredTrust, remedy?: string) {
    const before = remembered === "authority"
      ? `Before, a certificate authority confirmed it. Now: ${shown.untrustedReason}.`
      : `${remedy === undefined ? "You gave" : "It had "} ${remembered.fingerprint}`;
    super([
      `Cannot trust ${address}: it is not the server ${
        remedy === undefined ? "with the fingerprint you gave" : "it was before"
      }.`,
      "Either somebody installed it again, or an attacker is between you and the server and can read your messages.",
      before,
      `${remedy === undefined ? "It has  " : "It has "} ${shown.fingerprint}`,
      ...(remedy === undefined ? [] : [remedy]),
    ].join("\n"));
    this.fingerprint = shown.fingerprint;
    this.remembered = remembered;
  }
}

/** The server is new, no authority confirms it, and `refusesNew` was set. */
export class UnconfirmedError extends Error {
  override readonly name = "UnconfirmedError";
  readonly fingerprint: string;

  constructor(address: string, fingerprint: string) {
    super(`Cannot trust ${address}: no certificate authority confirms it`);
    this.fingerprint = fingerprint;
  }
}

/** Resolves after the handshake, if the server is trusted; rejects with TrustError or UnconfirmedError, or like dial(). */
export async function dialTls(address: string, options: DialTlsOptions = {}): Promise<TlsConnection> {
  const { limits = defaultLimits, knownHosts, fingerprint, refusesNew = false } = options;
  const { hostname, port } = parseServerAddress(address, "ircs");
  const needsAuthority = refusesNew && fingerprint === undefined &&
    knownHosts?.find(`${hostname}:${port}`) === undefined;
  const socket = needsAuthority
    ? await confirmedHandshake(address, hostname, port, options)
    : await handshake(address, hostname, port, options);
  try {
    const certificate = certificateOf(socket);
    const judged = trust(address, `${hostname}:${port}`, shownBy(socket, certificate), options);
    socket.setNoDelay(true);
    const inner = new TlsSocket(socket);
    inner.identity = { clientCertificate: undefined, serverEndPoint: serverEndPoint(certificate) };
    const connection = streamConnection(inner, { flusher: new Flusher(), limits });
    return { connection, ...judged };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function trust(
  address: string,
  place: string,
  shown: PeerCertificate,
  { knownHosts, fingerprint: named }: DialTlsOptions,
): Omit<TlsConnection, "connection"> {
  const { fingerprint, key } = shown;
  if (named !== undefined) {
    if (plain(named) === plain(fingerprint)) return { trust: "given", fingerprint, notSaved: undefined };
    throw new TrustError(address, shown, { fingerprint: named, key: "" });
  }
  const remembered = knownHosts?.find(place);
  const verdict = judgeTrust(shown, remembered);
  if (verdict === "changed" && remembered !== undefined) {
    const remedy =
      `If you expect this change, delete the line of ${place} in ${knownHosts?.path} and connect again.`;
    throw new TrustError(address, shown, remembered, remedy);
  }
  const now: StoredTrust = verdict === "authority" ? "authority" : { fingerprint, key };
  const notSaved = knownHosts && !isSame(now, remembered) ? save(knownHosts, place, now) : undefined;
  return { trust: verdict === "changed" ? "new" : verdict, fingerprint, notSaved };
}

function save(knownHosts: KnownHosts, place: string, remembered: StoredTrust): string | undefined {
  try {
    knownHosts.save(place, remembered);
  } catch (error) {
    return `Cannot remember this server in ${knownHosts.path}: ${systemReason(error)}`;
  }
}

function isSame(one: StoredTrust, other: StoredTrust | undefined): boolean {
  if (one === "authority" || other === "authority" || other === undefined) return one === other;
  return one.key === other.key && one.fingerprint === other.fingerprint;
}

function plain(fingerprint: string): string {
  return fingerprint.replace(/^SHA-?256:/i, "").replaceAll(":", "").toLowerCase();
}

function certificateOf(socket: TLSSocket): X509Certificate {
  return new X509Certificate(socket.getPeerCertificate().raw);
}

function shownBy(socket: TLSSocket, certificate: X509Certificate): PeerCertificate {
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return {
    fingerprint: certificate.fingerprint256,
    key: createHash("sha256").update(key).digest("base64"),
    untrustedReason: socket.authorized ? undefined : String(socket.authorizationError),
  };
}

/** TLS checks the chain, so the handshake with a server that no authority confirms fails on both sides. */
async function confirmedHandshake(
  address: string,
  hostname: string,
  port: number,
  options: DialTlsOptions,
): Promise<TLSSocket> {
  try {
    return await handshake(address, hostname, port, options, true);
  } catch (error) {
    if (!(error instanceof DialError) || error.reason !== "unreachable") throw error;
    // The failed handshake does not give the certificate. A second one, without a line of ours, tells its fingerprint.
    let socket: TLSSocket;
    try {
      socket = await handshake(address, hostname, port, options);
    } catch {
      throw error;
    }
    const { fingerprint256 } = certificateOf(socket);
    socket.destroy();
    throw new UnconfirmedError(address, fingerprint256);
  }
}

/** The handshake proves that the server has the key of the certificate. Our code checks the chain, unless TLS does. */
function handshake(
  address: string,
  hostname: string,
  port: number,
  options: DialTlsOptions,
  rejectUnauthorized = false,
): Promise<TLSSocket> {
  const { timeoutMs = deadlines.dialMs, signal, authorities, clientCertificate } = options;
  if (!(timeoutMs > 0)) {
    throw new RangeError(`Cannot dial "${address}" as timeoutMs must be > 0: it is ${timeoutMs}`);
  }
  if (signal?.aborted) throw new DialError(address, "aborted", signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const isName = !/^[\d.]+$|:/.test(hostname);
  const socket = connect({
    host: hostname,
    port,
    rejectUnauthorized,
    ...(isName && { servername: hostname }),
    ...(authorities && { ca: [...authorities] }),
    ...clientCertificate,
  });
  const fail = (reason: DialReason, cause: unknown) => {
    socket.destroy();
    reject(new DialError(address, reason, cause));
  };
  const onAbort = () => fail("aborted", signal?.reason);
  const timer = setTimeout(() => fail("timed out", undefined), timeoutMs);
  signal?.addEventListener("abort", onAbort, { once: true });
  socket.once("secureConnect", () => resolve(socket));
  socket.on("error", (error) => fail(reasonOf(error), error));
  socket.once("close", () => fail("unreachable", undefined));
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  });
}

function reasonOf(error: Error): DialReason {
  const code = "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "no such host";
  if (code === "ETIMEDOUT") return "timed out";
  return code.startsWith("ERR_SSL") || /alert|corrupt message/i.test(error.message)
    ? "no TLS"
    : "unreachable";
}
