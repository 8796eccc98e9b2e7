/** Opens the IRC listeners of the settings: plain, and over TLS. A failure is a StartError with one sentence. */
import { Arrivals } from "../hub/flood.ts";
import type { Hub } from "../hub/hub.ts";
import type { Settings } from "../settings/settings.ts";
import { notifyOperators } from "../render/operator_notice.ts";
import { isOutOfDescriptors } from "../../net/descriptors.ts";
import { listen, type Listener, ListenError } from "../../net/listen.ts";
import { CertificateError } from "../../net/own_certificate.ts";
import type { SocketLimits } from "../../net/socket_limits.ts";
import type { StreamOptions } from "../../net/stream.ts";
import { listenTls, type TlsListener } from "../../net/tls_listener.ts";
import { openSocketRounds } from "../../socket_rounds.ts";
import { exitCodes, StartError } from "./start_error.ts";
import { socketLimits } from "./socket_limits.ts";
import { Proxies } from "./trusted_proxies.ts";

/** The parts that all listeners of a server share. */
export interface SharedParts {
  readonly stream: StreamOptions;
  readonly limits: SocketLimits;
  readonly proxies: Proxies;
}

/** Makes them before the listeners; throws a StartError. */
export function shareParts(hub: Hub, stream: StreamOptions): SharedParts {
  const { settings, log } = hub.chat;
  // It ends with the process.
  void openSocketRounds();
  return { stream, limits: socketLimits(hub), proxies: new Proxies(settings, log) };
}

/** Plain IRC over TCP; throws a StartError. */
export function openPlain(hub: Hub, { stream, limits, proxies }: SharedParts): Listener {
  const { host, port, name } = hub.chat.settings;
  try {
    const listener: Listener = listen({
      hostname: host,
      port,
      limits,
      ...proxies.forIrc,
      stream: {
        ...stream,
        onWrongProtocol(protocol, address) {
          if (protocol === "PROXY") return proxies.refuseHeader(address);
          return protocol === "TLS" && hub.chat.tlsPort !== undefined
            ? `This is ${name}; this port has no TLS, connect with ircs://${host}:${hub.chat.tlsPort}`
            : `This is ${name}, an IRC server; connect with irc://${host}:${listener.port}`;
        },
      },
      onConnection: (connection) => void hub.attach(connection),
      onError: (error) => reportFailure(hub, error),
    });
    return listener;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    throw new StartError(
      `Cannot listen on ${host}:${port}: ${error.reason}; choose another port or address with --port or --host`,
      exitCodes.unavailable,
    );
  }
}

/** IRC over TLS, unless it is off. Rejects with a StartError. */
export async function openTls(
  hub: Hub,
  { stream, limits, proxies }: SharedParts,
): Promise<TlsListener | undefined> {
  if (hub.chat.settings.tls === "off") return undefined;
  const { host, tlsPort, data, ephemeral, cert, key, sts, perAddress, flood } = hub.chat.settings;
  const handshakes = new Arrivals(flood > 0 ? perAddress : 0);
  if ((cert === undefined) !== (key === undefined)) {
    throw new StartError("Cannot use one of --cert and --key without the other", exitCodes.usage);
  }
  try {
    const secure = await listenTls({
      hostname: host,
      port: tlsPort,
      certificate: {
        ...(cert !== undefined && key !== undefined && { files: { cert, key } }),
        folder: ephemeral ? undefined : data,
        names: certificateNames(hub.chat.settings),
      },
      now: () => hub.chat.clock.settledNow(),
      limits,
      ...proxies.forIrc,
      handshakeWaitMs: (peer) => handshakes.waitMs(peer, hub.chat.clock.monotonic()),
      stream: {
        ...stream,
        onWrongProtocol: (protocol, address) =>
          protocol === "PROXY"
            ? proxies.refuseHeader(address)
            : `This is ${hub.chat.settings.name}, an IRC server; use an IRC app`,
      },
      onConnection: (connection) => void hub.attach(connection),
      onError: (error) => reportFailure(hub, error),
    });
    if (sts === 0 || !secure.certificate.selfMade) return secure;
    throw new StartError(
      "Cannot use --sts with a self-signed certificate: apps would refuse it; set --cert and --key",
      exitCodes.usage,
    );
  } catch (error) {
    if (error instanceof CertificateError) {
      throw new StartError(error.message, cert === undefined ? exitCodes.unavailable : exitCodes.usage);
    }
    if (!(error instanceof ListenError)) throw error;
    throw new StartError(
      `Cannot listen on ${host}:${tlsPort} for TLS: ${error.reason}; choose another port with --tls-port, or use --tls off`,
      exitCodes.unavailable,
    );
  }
}

/** Tells the log and the operators why newcomers cannot connect. */
export function reportFailure({ chat }: Hub, error: unknown): void {
  const words = isOutOfDescriptors(error)
    ? 'no file descriptor is free; new connections are refused. Raise the limit: "ulimit -n", or LimitNOFILE= in the systemd unit'
    : error instanceof Error
    ? error.message
    : String(error);
  notifyOperators(chat, `Cannot accept a connection: ${words}`, chat.stampNow(), "error");
}

/** The names and addresses of this machine; names that no certificate can contain are left out. */
function certificateNames({ name, host }: Settings): string[] {
  const addresses = Deno.networkInterfaces().map(({ address }) => address.replace(/%.*$/, ""));
  const listens = /^(0\.0\.0\.0|::)$/.test(host) ? [] : [host];
  const names = [name, Deno.hostname(), "localhost", ...listens, ...addresses];
  return [...new Set(names.filter((one) => /^[\x21-\x7e]+$/.test(one)))];
}
