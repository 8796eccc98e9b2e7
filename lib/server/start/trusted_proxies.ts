/**
 * The proxies in front of this server: which are trusted, whether their PROXY headers are read, and the advice for an
 * operator who did not name one.
 */
import type { Log } from "../chat/log_entries.ts";
import type { Settings } from "../settings/settings.ts";
import { inRange, parseAddress, parseRange } from "../../irc/address.ts";
import { exitCodes, StartError } from "./start_error.ts";

/** Any peer can pretend to be a proxy, so the log has only so many of these lines. */
const mostAdvised = 8;

/** The proxies of one server. */
export class Proxies {
  /** Whether an address is a trusted proxy; undefined if there are none. */
  readonly isTrusted: ((address: string) => boolean) | undefined;
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #advised = new Set<string>();

  /** Throws a StartError. */
  constructor(settings: Settings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    this.isTrusted = trustedProxies(settings);
    if (settings.proxyHeader !== "required" || this.isTrusted !== undefined) return;
    throw new StartError(
      "Cannot use --proxy-header required without --trusted-proxy: add --trusted-proxy and the address of the proxy",
      exitCodes.usage,
    );
  }

  /** The options of a listener for IRC. */
  get forIrc(): { isTrustedProxy: Proxies["isTrusted"]; onlyProxied: string | undefined } {
    const { proxyHeader, name } = this.#settings;
    return {
      isTrustedProxy: proxyHeader === "off" ? undefined : this.isTrusted,
      onlyProxied: proxyHeader === "required"
        ? `${name} accepts only connections that begin with the PROXY header of its proxy; connect to the proxy`
        : undefined,
    };
  }

  /** Tells the log what to do about a proxy that is not trusted: once for each address. `sign` is what showed the proxy. */
  advise(address: string, sign: string): void {
    if (this.#advised.has(address) || this.#advised.size >= mostAdvised) return;
    this.#advised.add(address);
    const ofProxy = parseAddress(address)?.length === 4 ? address : `[${address}]`;
    this.#log(
      "warning",
      `A proxy at ${ofProxy} is not trusted (it sends ${sign}): all its visitors count as one address, without the rights ` +
        `of this machine. If the proxy is yours, start the server with --trusted-proxy ${address}`,
    );
  }

  /** The answer to a PROXY header that is not read; it helps the person who configures the proxy. */
  refuseHeader(address: string): string {
    const { name, proxyHeader } = this.#settings;
    if (proxyHeader === "off") return `This is ${name}: it reads no PROXY headers; see --proxy-header`;
    if (!this.isTrusted?.(address)) this.advise(address, "PROXY headers");
    return `This is ${name}: a PROXY header must be the first bytes of a connection from a --trusted-proxy, and this connection is from ${address}`;
  }
}

function trustedProxies({ trustedProxy }: Settings): ((address: string) => boolean) | undefined {
  if (trustedProxy.length === 0) return undefined;
  const ranges = trustedProxy.map((text) => {
    const range = parseRange(text);
    if (range !== undefined) return range;
    throw new StartError(
      `Cannot use --trusted-proxy "${text}": write an address or a network, for example 10.0.0.5 or 10.0.0.0/24`,
      exitCodes.usage,
    );
  });
  return (address) => {
    const bytes = parseAddress(address);
    return bytes !== undefined && ranges.some((range) => inRange(range, bytes));
  };
}
