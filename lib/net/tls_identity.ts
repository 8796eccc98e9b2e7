/**
 * Certificates of both ends of a TLS connection: the fingerprint of the client's, for SASL EXTERNAL, and the channel
 * binding of the server's, for SCRAM-PLUS. The binding "tls-exporter" (RFC 9266) is not here: node:tls of Deno does not
 * give it.
 */
import { createHash, type X509Certificate } from "node:crypto";

/** The facts that TLS proved about the ends of a connection. */
export interface TlsIdentity {
  /**
   * SHA-256 of the client's certificate as 64 hexadecimal digits; undefined without one. The handshake has proved that
   * the client has its key. Nobody has checked who issued it.
   */
  readonly clientCertificate: string | undefined;
  /** See serverEndPoint(). */
  readonly serverEndPoint: Uint8Array | undefined;
}

/**
 * The channel binding "tls-server-end-point" (RFC 5929 §4.1): a digest of the server's certificate, by the digest of its
 * signature, or by SHA-256 in place of MD5 and SHA-1. Undefined if its signature has no digest of its own, as Ed25519.
 */
export function serverEndPoint(certificate: X509Certificate): Uint8Array | undefined {
  // The types of Deno 2.9 do not have it.
  const { raw, signatureAlgorithm = "" }: X509Certificate & { signatureAlgorithm?: string } = certificate;
  const [, digest] = /(md5|sha-?(?:1|224|256|384|512))(?!\d)/i.exec(signatureAlgorithm) ?? [];
  if (digest === undefined) return undefined;
  const name = digest.toLowerCase().replace("-", "");
  return new Uint8Array(createHash(name === "md5" || name === "sha1" ? "sha256" : name).update(raw).digest());
}
