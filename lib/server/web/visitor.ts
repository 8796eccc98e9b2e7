/**
 * The origin of a request. Headers of a trusted proxy give it; headers from any other address are ignored. Each proxy
 * appends what it knows, so the values are read from the right end, as long as their writers are trusted.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isLoopback, plainAddress, writtenAddress } from "../../irc/address.ts";

/** The origin of a request. */
export interface Visitor {
  /** The IP address; IPv4 in its short form. */
  readonly address: string;
  /** Whether the visitor reached the proxy by TLS. */
  readonly secure: boolean;
  /** Whether the request came through a trusted proxy. */
  readonly isProxied: boolean;
}

/** `isTrustedProxy` gets addresses; without it, no proxy is trusted. */
export function visitorOf(
  { socket, headers }: Pick<IncomingMessage, "headers"> & {
    readonly socket: { readonly remoteAddress?: string | undefined };
  },
  isTrustedProxy: ((address: string) => boolean) | undefined,
): Visitor {
  const address = plainAddress(socket.remoteAddress ?? "");
  if (!isTrustedProxy?.(address)) return { address, secure: false, isProxied: false };
  return {
    address: firstUntrusted(address, headers, isTrustedProxy),
    secure: scheme(headers) === "https",
    isProxied: true,
  };
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
