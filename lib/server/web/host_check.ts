/**
 * The host names this web side accepts. The domain of another site can point to this machine (DNS rebinding); browsers
 * then treat its pages as ours, and only the Host header shows the difference. Names that nobody can register publicly
 * are accepted, so that a local network needs no setting.
 */
import { parseAddress } from "../../irc/address.ts";

/** Endings that no public domain has: mDNS, RFC 6761, RFC 8375, and those of routers and companies. */
const localEndings = [".local", ".localhost", ".internal", ".home.arpa", ".lan"];

/** The name in a Host header in the form of a browser, without port; undefined if it is malformed. */
export function hostName(header: string): string | undefined {
  if (header !== last.header) last = { header, name: parsedName(header) };
  return last.name;
}

/** The last answer: a load of the page is about a hundred requests with one Host, and parsing it takes 3 µs. */
let last: { readonly header: string; readonly name: string | undefined } = { header: "", name: undefined };

function parsedName(header: string): string | undefined {
  if (!/^[^\s/\\?#@]+$/.test(header)) return undefined;
  return URL.parse(`http://${header}`)?.hostname.replace(/\.$/, "") || undefined;
}

/** Whether a request is for this server. `names` are its names besides addresses and local names. */
export function isOwnHost(header: string, names: readonly string[]): boolean {
  const name = hostName(header);
  if (name === undefined) return false;
  if (parseAddress(name.replace(/^\[(.*)\]$/, "$1")) !== undefined) return true;
  return isLocalName(name) || names.some((one) => hostName(one) === name);
}

/** Whether nobody can register a host name publicly. An address counts as a name here. */
export function isLocalName(name: string): boolean {
  return !name.includes(".") || localEndings.some((ending) => name.endsWith(ending));
}

/** The answer to a request for another host name. */
export function unknownHostSentence(header: string): string {
  const name = hostName(header);
  if (name === undefined) return "The Host header is malformed";
  return `This server does not know the name "${name}": start it with --web-address and the address ` +
    `that people type, such as http://${header}`;
}
