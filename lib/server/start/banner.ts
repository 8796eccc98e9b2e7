/** The text that the server prints when it listens: how to join it, ready to copy. */
import { runCommand } from "../../run_command.ts";
import type { Settings } from "../settings/settings.ts";
import type { Listener } from "../../net/listen.ts";
import type { TlsListener } from "../../net/tls_listener.ts";
import { reachableHosts } from "./addresses.ts";
import type { WebSide } from "./web_side.ts";

const loopback = "127.0.0.1";
const standardPort = 6667;

/** One line for each way to join. */
export function banner(
  { name, host, port: wanted }: Settings,
  { port }: Listener,
  web: WebSide | undefined,
  secure: TlsListener | undefined,
  client: string = runCommand("client.ts"),
): string {
  const [address = host, ...others] = reachableHosts(host);
  // The client uses TLS for other computers, unless the address says "irc://".
  const place = address !== loopback
    ? ` ${secure ? `ircs://${address}:${secure.port}` : `irc://${address}:${port}`}`
    : port === standardPort && wanted === standardPort
    ? ""
    : ` --port ${port}`;
  const isOpen = (host === "0.0.0.0" || host === "::") && address !== loopback;
  const local = [...(web ? [`http://${loopback}:${web.port}/`] : []), `irc://${loopback}:${port}`];
  return [
    `${name} is running. How to join:`,
    `  terminal         ${client} --user YOUR_NAME${place}`,
    ...(web ? [`  browser          ${web.url}`] : []),
    `  IRC app          irc://${address}:${port}`,
    ...(secure
      ? [
        `  IRC app, TLS     ircs://${address}:${secure.port}`,
        `    fingerprint    ${secure.certificate.fingerprint}`,
      ]
      : []),
    ...(isOpen ? [`  on this machine  ${local.join(" or ")} (here passwords work without TLS)`] : []),
    ...(others.length > 0 ? [`  other addresses  ${others.join(", ")}`] : []),
  ].join("\n");
}

/** An address as a QR code for the terminal. Few servers print one, so the others do not load its code. */
export async function qrCode(address: string): Promise<string> {
  const { renderUnicodeCompact } = await import("uqr");
  return renderUnicodeCompact(address, { border: 2 });
}
