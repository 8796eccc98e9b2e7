/**
 * The origin of a request. Headers of a trusted proxy give it. Headers from any other address are not believed, but they
 * show that a proxy passed the request on: then its visitor is no program on this machine, whatever the address is. Each
 * proxy appends what it knows, so the values are read from the right end, as long as their writers are trusted.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isLoopback, plainAddress, writtenAddress } from "../../irc/address.ts";
import { hostName, isLocalName } from "./host_check.ts";

/** The origin of a request. */
export interface Visitor {
  /** The IP address; IPv4 in its short form. */
  readonly address: string;
  /** Whether the visitor reached the proxy by TLS. */
  readonly secure: boolean;
  /** Whether the socket is one of a proxy, trusted or on this machine, and carries the requests of many visitors. */
  readonly isProxied: boolean;
  /** Whether the visitor is a program on this machine. */
  readonly isLocal: boolean;
  /** The sign of a proxy that is not trusted, for the log. */
  readonly untrustedSign?: string;
}

/** Headers that proxies add, and no browser and no program that speaks for itself. */
const proxyHeader = new RegExp(
  "^(?:(?:x-)?forwarded(?:-.+)?|via|cdn-loop|x-real-ip|x-real-port|cf-.+|x-envoy-.+|x-original-.+|x-proxy.*|" +
    "(?:.+-)?client-?ip|x-cluster-.+|x-remote-(?:ip|addr))$",
);
/** The form of a public name: its last part is no number, as that of an address is. */
const domain = /.\.[a-z][a-z0-9-]*$/;
/** The address of a listener for all addresses leads to this machine too. */
const anyAddress = /^(?:0\.0\.0\.0|\[::\])$/;

/** `isTrustedProxy` gets addresses; without it, no proxy is trusted. */
export function visitorOf(
  { socket, headers, httpVersion }: Pick<IncomingMessage, "headers"> & {
    readonly httpVersion?: string;
    readonly socket: {
      readonly remoteAddress?: string | undefined;
      /** The port of the listener. */
      readonly localPort?: number | undefined;
    };
  },
  isTrustedProxy: ((address: string) => boolean) | undefined,
): Visitor {
  const address = plainAddress(socket.remoteAddress ?? "");
  const isFromHere = isLoopback(address);
  const sign = signOfProxy(headers) ??
    (isFromHere ? signFromHere(headers, httpVersion, socket.localPort) : undefined);
  if (isTrustedProxy?.(address)) {
    return {
      address: firstUntrusted(address, headers, isTrustedProxy),
      secure: scheme(headers) === "https",
      isProxied: true,
      // A loopback address in a header proves nothing: many proxies pass on what a visitor wrote into X-Forwarded-For.
      isLocal: isFromHere && sign === undefined,
    };
  }
  return {
    address,
    secure: false,
    isProxied: isFromHere && sign !== undefined,
    isLocal: isFromHere && sign === undefined,
    ...(sign !== undefined && { untrustedSign: sign }),
  };
}

/** A header that only proxies send. */
function signOfProxy(headers: IncomingHttpHeaders): string | undefined {
  const found = Object.keys(headers).find((name) => proxyHeader.test(name));
  return found && `the header ${found}`;
}

/**
 * On a connection from this machine: a Host that is no loopback address, nor a local name with our own port, so something
 * on this machine passed the request on; and HTTP/1.0, which browsers do not speak and nginx does by default.
 */
function signFromHere(
  { host }: IncomingHttpHeaders,
  httpVersion: string | undefined,
  ownPort: number | undefined,
): string | undefined {
  const name = host === undefined ? undefined : hostName(host);
  if (name === undefined) return undefined;
  if (httpVersion === "1.0") return "HTTP/1.0";
  const sign = "another name or address in the header host";
  if (domain.test(name) && !isLocalName(name)) return sign;
  const address = writtenAddress(name.replace(/^\[(.*)\]$/, "$1"));
  if (/^(?:.+\.)?localhost$/.test(name) || anyAddress.test(name)) return undefined;
  if (address !== undefined) return isLoopback(address) ? undefined : sign;
  const port = Number(/:(\d+)$/.exec(host ?? "")?.[1] ?? 80);
  return ownPort === undefined || port === ownPort ? undefined : sign;
}

/** If a value is not an address, the result is the proxy that passed it on. */
function firstUntrusted(
  proxy: string,
  headers: IncomingHttpHeaders,
  isTrustedProxy: (address: string) => boolean,
): string {
  let address = proxy;
  for (const part of listed(headers["x-forwarded-for"]).reverse()) {
    const hop = forwardedAddress(part);
    if (hop === undefined) break;
    // The loopback address of another machine is not ours.
    if (!isLoopback(hop)) address = hop;
    if (!isTrustedProxy(hop)) break;
  }
  return address;
}

/** Some proxies add a port to the address. */
function forwardedAddress(part: string): string | undefined {
  const [, six, four] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(part) ?? [];
  return writtenAddress(six ?? four ?? part);
}

/** The scheme of the request to the nearest proxy. */
function scheme(headers: IncomingHttpHeaders): string | undefined {
  const forwarded = listed(headers["x-forwarded-proto"]).at(-1);
  if (forwarded !== undefined) return forwarded.toLowerCase();
  const [, found] = /(?:^|;)\s*proto="?(\w+)"?\s*(?:;|$)/i.exec(listed(headers.forwarded).at(-1) ?? "") ?? [];
  return found?.toLowerCase();
}

/** The values of a header that can occur several times. */
function listed(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return String(header).split(",").map((part) => part.trim());
}
