/** Under which addresses and names others reach a listener, as they are written in a URL. */
import type { Settings } from "../settings/settings.ts";
import { isLoopback } from "../../irc/address.ts";

/** `host` itself; for one that listens everywhere, the machine's own addresses in its network, IPv4 first. */
export function reachableHosts(host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [host.includes(":") ? `[${host}]` : host];
  const all = Deno.networkInterfaces().filter(({ address }) => isForOthers(address));
  const four = all.filter(({ family }) => family === "IPv4").map(({ address }) => address);
  const six = all.filter(({ family }) => family === "IPv6").map(({ address }) => `[${address}]`);
  const found = host === "::" ? [...four, ...six] : four;
  return found.length > 0 ? found : ["127.0.0.1"];
}

/** The names that settings and the system give this server: the page may be asked for by these. */
export function ownNames({ host, name, webAddress = "", webOrigin }: Settings): string[] {
  const urls = [webAddress, ...webOrigin].map((url) => URL.parse(url)?.host ?? "");
  const maySee = Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state === "granted";
  return [host, name, maySee ? Deno.hostname() : "", ...urls].filter((one) => one !== "");
}

/** Not of this machine alone, and not one that works on one cable only. */
function isForOthers(address: string): boolean {
  return !isLoopback(address) && !/^(169\.254\.|fe80:)/i.test(address);
}
