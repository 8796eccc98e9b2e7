/** Opens an encrypted connection to a server, for clients: ircs://host:port, trusted on first use (known_hosts.ts). */
import { createHash, X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import type { Connection } from "./connection.ts";
import { defaultLimits, DialError, type DialOptions, type DialReason, parseAddress } from "./dial.ts";
import { judge, type KnownHosts, type Remembered, type Shown } from "./known_hosts.ts";
import { Flusher } from "./queue.ts";
import { streamConnection } from "./stream.ts";
import { TlsSocket } from "./tls_socket.ts";

/** How to dial, and whom to trust. */
export interface DialTlsOptions extends DialOptions {
  /** Where keys are remembered; without it every server is met for the first time. */
  readonly knownHosts?: KnownHosts;
  /** The fingerprint the server must have, as it prints it ("AB:CD:…"); nothing else is then asked or remembered. */
  readonly fingerprint?: string;
  /** PEM certificates of authorities to trust. @default {those of the system} */
  readonly authorities?: readonly string[];
}

/** A connection and why the server is trusted. */
export interface TlsConnection {
  readonly connection: Connection;
  /** "new" is worth telling, with the fingerprint, so that it can be compared with what the server printed. */
  readonly trust: "vouched" | "known" | "new" | "named";
  readonly fingerprint: string;
  /** Why it could not be remembered, when it should have been. */
  readonly notKept: string | undefined;
}

/** The server is not the one that was met before. Nothing was sent to it. The message is for people, some lines long. */
export class TrustError extends Error {
  override readonly name = "TrustError";
  readonly fingerprint: string;
  readonly remembered: Remembered;

  /** Without a remedy, `remembered` is what the person named. */
  constructor(address: string, shown: Shown, remembered: Remembered, remedy?: string) {
    const before = remembered === "authority"
      ? `An authority vouched for it before, and now: ${shown.doubt}.`
      : `${remedy === undefined ? "You said" : "It had "} ${remembered.fingerprint}`;
    super([
      `Cannot trust ${address}: it is not the server ${
        remedy === undefined ? "you named" : "it was before"
      }.`,
      "Either it was set up anew, or somebody is between you and it and would read all you write.",
      before,
      `${remedy === undefined ? "It shows" : "It has "} ${shown.fingerprint}`,
      ...(remedy === undefined ? [] : [remedy]),
    ].join("\n"));
    this.fingerprint = shown.fingerprint;
    this.remembered = remembered;
  }
}

/** Resolves once the handshake is done and the server trusted; rejects with TrustError, DialError or RangeError as dial(). */
export async function dialTls(address: string, options: DialTlsOptions = {}): Promise<TlsConnection> {
  const { limits = defaultLimits } = options;
  const { hostname, port } = parseAddress(address, "ircs");
  const socket = await handshake(address, hostname, port, options);
  try {
    const judged = trust(address, `${hostname}:${port}`, shownBy(socket), options);
    const connection = streamConnection(new TlsSocket(socket), { flusher: new Flusher(), limits });
    return { connection, ...judged };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function trust(
  address: string,
  place: string,
  shown: Shown,
  { knownHosts, fingerprint: named }: DialTlsOptions,
): Omit<TlsConnection, "connection"> {
  const { fingerprint, key } = shown;
  if (named !== undefined) {
    if (plain(named) === plain(fingerprint)) return { trust: "named", fingerprint, notKept: undefined };
    throw new TrustError(address, shown, { fingerprint: named, key: "" });
  }
  const remembered = knownHosts?.find(place);
  const verdict = judge(shown, remembered);
  if (verdict === "changed" && remembered !== undefined) {
    const remedy = `If you know why, delete the line of ${place} from ${knownHosts?.path}, and come again.`;
    throw new TrustError(address, shown, remembered, remedy);
  }
  const now: Remembered = verdict === "vouched" ? "authority" : { fingerprint, key };
  const notKept = knownHosts && !isSame(now, remembered) ? keep(knownHosts, place, now) : undefined;
  return { trust: verdict === "changed" ? "new" : verdict, fingerprint, notKept };
}

function keep(knownHosts: KnownHosts, place: string, remembered: Remembered): string | undefined {
  try {
    knownHosts.save(place, remembered);
  } catch (error) {
    return `Cannot write ${knownHosts.path}: ${error instanceof Error ? error.message : error}`;
  }
}

function isSame(one: Remembered, other: Remembered | undefined): boolean {
  if (one === "authority" || other === "authority" || other === undefined) return one === other;
  return one.key === other.key && one.fingerprint === other.fingerprint;
}

function plain(fingerprint: string): string {
  return fingerprint.replace(/^SHA-?256:/i, "").replaceAll(":", "").toLowerCase();
}

function shownBy(socket: TLSSocket): Shown {
  const certificate = new X509Certificate(socket.getPeerCertificate().raw);
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return {
    fingerprint: certificate.fingerprint256,
    key: createHash("sha256").update(key).digest("base64"),
    doubt: socket.authorized ? undefined : String(socket.authorizationError),
  };
}

/** The handshake proves that the server has the certificate's key even though its chain is judged by us. */
function handshake(
  address: string,
  hostname: string,
  port: number,
  options: DialTlsOptions,
): Promise<TLSSocket> {
  const { timeoutMs = 10_000, signal, authorities } = options;
  if (!(timeoutMs > 0)) {
    throw new RangeError(`Cannot dial "${address}" as timeoutMs must be > 0: it is ${timeoutMs}`);
  }
  if (signal?.aborted) throw new DialError(address, "aborted", signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const isName = !/^[\d.]+$|:/.test(hostname);
  const socket = connect({
    host: hostname,
    port,
    rejectUnauthorized: false,
    ...(isName && { servername: hostname }),
    ...(authorities && { ca: [...authorities] }),
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
