/**
 * Who a request comes from. A proxy that is trusted tells it in headers; from anybody else these are not believed. Each
 * proxy adds what it knows at the right end, so they are read from there, as far as those who wrote them are trusted.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isLoopback, plainAddress, writtenAddress } from "../../irc/address.ts";

/** Where a request comes from. */
export interface Visitor {
  /** The IP address, IPv4 in its short form. */
  readonly address: string;
  /** It reached the proxy by TLS. */
  readonly secure: boolean;
  /** It came by a trusted proxy. */
  readonly isProxied: boolean;
}

/** `isTrustedProxy` is asked with addresses; without it nobody is trusted. */
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

/** Where something is no address, the one who let it through is all that is known. */
function firstUntrusted(
  proxy: string,
  headers: IncomingHttpHeaders,
  isTrustedProxy: (address: string) => boolean,
): string {
  let address = proxy;
  for (const part of listed(headers["x-forwarded-for"]).reverse()) {
    const hop = forwardedAddress(part);
    if (hop === undefined) break;
    // Another machine's own is not ours.
    if (!isLoopback(hop)) address = hop;
    if (!isTrustedProxy(hop)) break;
  }
  return address;
}

/** Some proxies write a port beside the address. */
function forwardedAddress(part: string): string | undefined {
  const [, six, four] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(part) ?? [];
  return writtenAddress(six ?? four ?? part);
}

/** By which scheme the nearest proxy was asked. */
function scheme(headers: IncomingHttpHeaders): string | undefined {
  const said = listed(headers["x-forwarded-proto"]).at(-1);
  if (said !== undefined) return said.toLowerCase();
  const [, found] = /(?:^|;)\s*proto="?(\w+)"?\s*(?:;|$)/i.exec(listed(headers.forwarded).at(-1) ?? "") ?? [];
  return found?.toLowerCase();
}

/** The values of a header that may have come several times. */
function listed(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return String(header).split(",").map((part) => part.trim());
}
