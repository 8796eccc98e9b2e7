/** What the server prints once it listens: how the next person joins, ready to copy. */
import type { Settings } from "../settings/settings.ts";
import type { Listener } from "../../net/listen.ts";
import type { TlsListener } from "../../net/tls_listener.ts";
import { reachableHosts } from "./addresses.ts";
import type { WebSide } from "./web_side.ts";

const loopback = "127.0.0.1";

/** What the next person types, ready to copy. */
export function waysIn(
  { name, host, port: wanted }: Settings,
  { port }: Listener,
  web: WebSide | undefined,
  secure: TlsListener | undefined,
): string {
  const [address = host, ...others] = reachableHosts(host);
  const flags = (address === loopback ? "" : ` --host ${address.replace(/[[\]]/g, "")}`) +
    (port === 6667 && wanted === 6667 ? "" : ` --port ${port}`);
  const isOpen = (host === "0.0.0.0" || host === "::") && address !== loopback;
  const home = [...(web ? [`http://${loopback}:${web.port}/`] : []), `irc://${loopback}:${port}`];
  return [
    `${name} is listening. To join:`,
    `  in a terminal   deno run -A client.ts --user YOUR_NAME${flags}`,
    ...(web ? [`  in a browser    ${web.url}`] : []),
    `  in any IRC app  irc://${address}:${port}`,
    ...(secure
      ? [
        `  encrypted       ircs://${address}:${secure.port}`,
        `    fingerprint   ${secure.certificate.fingerprint}`,
      ]
      : []),
    ...(isOpen ? [`  on this machine ${home.join(" or ")}, where passwords are taken without TLS`] : []),
    ...(others.length > 0 ? [`  other addresses ${others.join(", ")}`] : []),
  ].join("\n");
}
