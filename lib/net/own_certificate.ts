/**
 * The certificate of a server: from given files, or made on the first run and stored in the data folder. A certificate
 * of its own is renewed before it expires, with the same key, so pins of the key stay valid. server.ts asks for the
 * renewal every ten minutes, through tls_listener.ts.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { deadlines } from "../deadlines.ts";
import { type KeyPair, makeCertificate } from "./certificate.ts";
import { systemReason } from "./system_reason.ts";
import { writeWholeFile } from "./whole_file.ts";

/** The source of the certificate. */
export interface CertificateSource {
  /** PEM files of the certificate with its chain, and of its key. */
  readonly files?: { readonly cert: string; readonly key: string };
  /** The folder for a certificate of our own; without it, each call makes a new one. */
  readonly folder?: string | undefined;
  /** Host names and addresses for a certificate of our own. */
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A certificate ready for use. */
export interface ServerCertificate extends KeyPair {
  /** SHA-256 of the certificate, "AB:CD:…", in the form that other programs show too. */
  readonly fingerprint: string;
  /** Whether the certificate is self-signed. */
  readonly selfMade: boolean;
  /** Milliseconds since 1970. */
  readonly startsMs: number;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

/** The certificate is missing or unusable; the message is one sentence for the person who starts the server. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

const dayMs = 86_400_000;
/** The longest validity that Apple's systems accept. */
const validMs = 825 * dayMs;
const renewBeforeMs = 30 * dayMs;

/** Loads, makes or renews the certificate; throws CertificateError. */
export async function loadCertificate(source: CertificateSource): Promise<ServerCertificate> {
  if (source.files !== undefined) {
    const { cert, key } = source.files;
    return read(
      { cert: await readFile(cert, "certificate"), key: await readFile(key, "key") },
      `"${cert}" with "${key}"`,
    );
  }
  if (source.folder === undefined) return read(await make(source), "the new certificate");
  return await loadOwn(source, source.folder);
}

async function loadOwn(source: CertificateSource, folder: string): Promise<ServerCertificate> {
  const [certPath, keyPath] = [`${folder}/tls-cert.pem`, `${folder}/tls-key.pem`];
  const key = exists(keyPath) ? await readFile(keyPath, "key") : undefined;
  if (key !== undefined && exists(certPath)) {
    const own = read(
      { cert: await readFile(certPath, "certificate"), key },
      `"${certPath}" with "${keyPath}"`,
    );
    // One that begins in the future was made while the clock was wrong; no client accepts it.
    if (own.startsMs <= source.nowMs && own.expiresMs - source.nowMs > renewBeforeMs) return own;
  }
  const made = read(await make(source, key), `a certificate for the key "${keyPath}"`);
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (key === undefined) writeWholeFile(keyPath, made.key);
    writeWholeFile(certPath, made.cert);
  } catch (error) {
    throw new CertificateError(`Cannot write the certificate to "${folder}": ${systemReason(error)}`);
  }
  return made;
}

async function make({ names, nowMs }: CertificateSource, key?: string): Promise<KeyPair> {
  // Starts a day earlier, for clients whose clock is slow.
  const request = { names, notBeforeMs: nowMs - dayMs, notAfterMs: nowMs - dayMs + validMs };
  try {
    return await makeCertificate(key === undefined ? request : { ...request, key });
  } catch (error) {
    throw new CertificateError(
      `Cannot make a certificate: ${systemReason(error)}; delete tls-key.pem to make a new key`,
    );
  }
}

function read(pair: KeyPair, what: string): ServerCertificate {
  const parsed = parse(pair.cert, what);
  const fault = pairFault(parsed, pair.key);
  if (fault !== undefined) throw new CertificateError(`Cannot use ${what}: ${fault}`);
  return {
    ...pair,
    fingerprint: parsed.fingerprint256,
    selfMade: parsed.issuer === parsed.subject,
    startsMs: Date.parse(parsed.validFrom),
    expiresMs: Date.parse(parsed.validTo),
  };
}

function parse(cert: string, what: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch {
    throw new CertificateError(`Cannot use ${what}: the certificate is not a PEM certificate`);
  }
}

/** Listening accepts every pair, and the first client would find out. Listening for a test needs a permission. */
function pairFault(certificate: X509Certificate, key: string): string | undefined {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
      ? undefined
      : "the key does not match the certificate";
  } catch {
    return "the key is not a PEM key";
  }
}

/** A pipe that nobody writes must not stop the server, which reads the files again while it runs. */
async function readFile(path: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(path, { signal: AbortSignal.timeout(deadlines.pipeMs) });
  } catch (error) {
    if (error instanceof DOMException) {
      throw new CertificateError(
        `Cannot read the ${what} "${path}": it is a pipe, and no program writes into it`,
      );
    }
    throw new CertificateError(`Cannot read the ${what} "${path}": ${systemReason(error)}`);
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new CertificateError(`Cannot read "${path}": ${systemReason(error)}`);
  }
}
