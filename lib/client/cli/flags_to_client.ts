/** The options of the client core, from the plan and the flags: the connection, the nick and the account. */

import { StrictTransport, StrictTransportFile } from "../../net/strict_transport.ts";
import { systemReason } from "../../net/system_reason.ts";
import { knownHostsPath } from "../../net/known_hosts.ts";
import { connectToServer, isFinal } from "../../net/connect_to_server.ts";
import type { ClientOptions } from "../core/client_options.ts";
import { plain } from "../text/plain.ts";
import type { Credentials } from "./credentials.ts";
import type { ClientValues } from "./read_options.ts";
import type { RunPlan } from "./run_plan.ts";

/** `notify` shows a sentence about the server to the person. */
export function clientOptions(
  { destination: { address, channels }, nick, interactive }: RunPlan,
  { restricted, fingerprint, backlog }: ClientValues,
  { account, certificate }: Credentials,
  environment: Readonly<Record<string, string>>,
  notify: (words: string) => void,
): Omit<ClientOptions, "onEvent"> {
  const knownHosts = restricted ? undefined : knownHostsPath(environment, Deno.build.os);
  const transport = new StrictTransport(
    address,
    new StrictTransportFile(knownHosts?.replace(/[^/]*$/, "strict_transport")),
  );
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (error) {
      notify(plain(`Cannot store that this server wants TLS: ${systemReason(error)}`));
    }
  };
  return {
    connect: (signal) =>
      // The address can say that it must be TLS.
      connectToServer(transport.address, {
        signal,
        knownHosts,
        fingerprint,
        clientCertificate: certificate,
        refusesUnknown: restricted,
        isForced: transport.isForced,
        onNotice: (words) => notify(plain(words)),
      }),
    onStrictTransport: (value, isSecure) => {
      let mustRedial = false;
      attempt(() => mustRedial = transport.onPolicy(value, isSecure));
      return mustRedial;
    },
    onConnectionEnd: () => attempt(() => transport.onDisconnect()),
    isFinal,
    nick: nick ?? "",
    channels,
    backlog: interactive ? backlog : 0,
    ...(account && { account }),
  };
}
