/**
 * Listens with TLS and keeps the certificate up to date: it loads it, and replaces it without closing connections.
 */
import { listen, type Listener, type ListenOptions } from "./listen.ts";
import { type CertificateSource, loadCertificate, type ServerCertificate } from "./own_certificate.ts";

/** Where to listen, and with which certificate. */
export interface TlsListenOptions extends Omit<ListenOptions, "tls"> {
  readonly certificate: Omit<CertificateSource, "nowMs">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A bound port that speaks TLS. */
export interface TlsListener extends Omit<Listener, "useCertificate"> {
  /** The current certificate. */
  readonly certificate: ServerCertificate;
  /** Loads the certificate again, renews our own one if it is due, and uses it. False if it is the same. */
  renew(): Promise<boolean>;
}

/** Binds when the certificate is ready; throws CertificateError or ListenError. */
export async function listenTls(options: TlsListenOptions): Promise<TlsListener> {
  const { certificate: source, now, ...others } = options;
  let certificate = await loadCertificate({ ...source, nowMs: now() });
  const listener = listen({ ...others, tls: certificate });
  return {
    hostname: listener.hostname,
    port: listener.port,
    get connections() {
      return listener.connections;
    },
    get certificate() {
      return certificate;
    },
    async renew() {
      // Without files or a folder there is nothing to load again.
      if (source.files === undefined && source.folder === undefined) return false;
      const load = () => loadCertificate({ ...source, nowMs: now() });
      // A full server must not keep a certificate until it has expired.
      const loaded = await (others.limits?.reserve?.spare(load) ?? load());
      if (loaded.fingerprint === certificate.fingerprint) return false;
      listener.useCertificate(loaded);
      certificate = loaded;
      return true;
    },
    close: () => listener.close(),
  };
}
