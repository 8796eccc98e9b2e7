/** The options of the client core, from the plan and the flags: the connection, the nick and the account. */

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
  return {
    connect: (signal) =>
      connectToServer(address, {
        signal,
        knownHosts: restricted ? undefined : knownHostsPath(environment, Deno.build.os),
        fingerprint,
        clientCertificate: certificate,
        refusesUnknown: restricted,
        onNotice: (words) => notify(plain(words)),
      }),
    isFinal,
    nick: nick ?? "",
    channels,
    backlog: interactive ? backlog : 0,
    ...(account && { account }),
  };
}
