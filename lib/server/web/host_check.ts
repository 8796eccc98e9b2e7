/**
 * Under which names the web side may be asked. A page of another site can have its name lead to this machine (DNS
 * rebinding), and its visitors' browsers then take it for ours: all that tells it from ours is the Host header. What
 * names nobody else can have public is let in, so that a local network needs no setting.
 */
import { parseAddress } from "../../irc/address.ts";

/** Top names that no public domain ends in: mDNS, RFC 6761, RFC 8375, and what routers and companies use. */
const localEndings = [".local", ".localhost", ".internal", ".home.arpa", ".lan"];

/** The name in a Host header, as a browser writes it, without port; undefined when it cannot be one. */
export function hostName(header: string): string | undefined {
  if (!/^[^\s/\\?#@]+$/.test(header)) return undefined;
  return URL.parse(`http://${header}`)?.hostname.replace(/\.$/, "") || undefined;
}

/** Whether a request may be for us. `names` are ours beside addresses and local names. */
export function isOwnHost(header: string, names: readonly string[]): boolean {
  const name = hostName(header);
  if (name === undefined) return false;
  if (parseAddress(name.replace(/^\[(.*)\]$/, "$1")) !== undefined) return true;
  if (!name.includes(".") || localEndings.some((ending) => name.endsWith(ending))) return true;
  return names.some((one) => hostName(one) === name);
}

/** What who came by another name is told. */
export function strangeHost(header: string): string {
  const name = hostName(header);
  if (name === undefined) return "The Host header is malformed";
  return `This server does not know itself as "${name}": it has to be started with --web-address and the address ` +
    `that people type, such as http://${header}`;
}
