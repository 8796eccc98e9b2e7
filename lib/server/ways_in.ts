/** What the server prints once it listens: how the next person joins, ready to copy. */
import type { Settings } from "../hub/settings.ts";
import type { Listener } from "../net/listen.ts";
import type { TlsListener } from "../net/tls_listener.ts";
import type { WebListener } from "../web/web.ts";

/** What the next person types, ready to copy. */
export function waysIn(
  { name, host, port: wanted }: Settings,
  { port }: Listener,
  web: WebListener | undefined,
  secure: TlsListener | undefined,
): string {
  const address = host.includes(":") ? `[${host}]` : host;
  const flags = (host === "127.0.0.1" || host === "0.0.0.0" ? "" : ` --host ${host}`) +
    (port === 6667 && wanted === 6667 ? "" : ` --port ${port}`);
  return [
    `${name} is listening. To join:`,
    `  in a terminal   deno run -A client.ts --user YOUR_NAME${flags}`,
    ...(web ? [`  in a browser    http://${address}:${web.port}/`] : []),
    `  in any IRC app  irc://${address}:${port}`,
    ...(secure
      ? [
        `  encrypted       ircs://${address}:${secure.port}`,
        `    fingerprint   ${secure.certificate.fingerprint}`,
      ]
      : []),
  ].join("\n");
}
