/** Listens with TLS and keeps its certificate fresh: loads it, shows another one when it has changed, drops nobody. */
import { listen, type Listener, type ListenOptions } from "./listen.ts";
import { type CertificateSource, loadCertificate, type ServerCertificate } from "./own_certificate.ts";

/** Where to listen, and with which certificate. */
export interface TlsListenOptions extends Omit<ListenOptions, "tls"> {
  readonly certificate: Omit<CertificateSource, "nowMs">;
  /** Milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
}

/** A bound port that speaks TLS. */
export interface TlsListener extends Omit<Listener, "reload"> {
  /** What is shown now. */
  readonly certificate: ServerCertificate;
  /** Loads the certificate again, renews it when it is its own and due, and shows it. False when it is the same. */
  renew(): Promise<boolean>;
}

/** Binds once the certificate is there; throws CertificateError or ListenError. */
export async function listenTls(options: TlsListenOptions): Promise<TlsListener> {
  const { certificate: source, now = Date.now, ...rest } = options;
  let certificate = await loadCertificate({ ...source, nowMs: now() });
  const listener = listen({ ...rest, tls: certificate });
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
      // Without a place to keep it, it is as good as any new one.
      if (source.files === undefined && source.folder === undefined) return false;
      const loaded = await loadCertificate({ ...source, nowMs: now() });
      if (loaded.fingerprint === certificate.fingerprint) return false;
      await listener.reload(loaded);
      certificate = loaded;
      return true;
    },
    close: () => listener.close(),
  };
}
