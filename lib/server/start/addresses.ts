/** The addresses and names by which other machines reach a listener, in the form of a URL. */
import type { Settings } from "../settings/settings.ts";
import { isLoopback } from "../../irc/address.ts";

/** `host` itself; for a listener on all addresses, the addresses of this machine in its network, IPv4 first. */
export function reachableHosts(host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [host.includes(":") ? `[${host}]` : host];
  const all = Deno.networkInterfaces().filter(({ address }) => isReachable(address));
  const four = all.filter(({ family }) => family === "IPv4").map(({ address }) => address);
  const six = all.filter(({ family }) => family === "IPv6").map(({ address }) => `[${address}]`);
  const found = host === "::" ? [...four, ...six] : four;
  return found.length > 0 ? found : ["127.0.0.1"];
}

/** The names of this server in the settings and the system: the web page accepts them. */
export function ownNames({ host, name, webAddress = "", webOrigin }: Settings): string[] {
  const urls = [webAddress, ...webOrigin].map((url) => URL.parse(url)?.host ?? "");
  const canReadHostname = Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state === "granted";
  return [host, name, canReadHostname ? Deno.hostname() : "", ...urls].filter((one) => one !== "");
}

/** Neither a loopback address nor a link-local one. */
function isReachable(address: string): boolean {
  return !isLoopback(address) && !/^(169\.254\.|fe80:)/i.test(address);
}
