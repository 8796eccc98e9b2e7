/** A certificate that is valid today, with its key. No authority signs it. */
import { type KeyPair, makeCertificate } from "../../lib/net/certificate.ts";

/** The certificate of a host. */
export function testCertificate(name = "127.0.0.1"): Promise<KeyPair> {
  const now = Date.now();
  return makeCertificate({ names: [name], notBeforeMs: now - 60_000, notAfterMs: now + 86_400_000 });
}
