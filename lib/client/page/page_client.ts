/** The page's chat client. */
/// <reference lib="dom" />
import { Client } from "../core/client.ts";
import type { ClientOptions, Ending } from "../core/client_options.ts";
import { plain } from "../text/plain.ts";
import { fold } from "../../irc/names.ts";
import type { Credentials } from "./join_form.ts";
import { connections } from "./page_connection.ts";
import { storedReadPositions } from "./preferences.ts";
import { storedUnsent } from "./unsent_messages.ts";

/** Messages to load when joining a channel. */
const openingMessages = 50;

/** Makes the client; it connects when run() is called. */
export function createClient(
  { nick, password, serverPassword }: Credentials,
  channels: readonly string[],
  handlers: Pick<ClientOptions, "onEvent" | "onFault">,
): Client {
  const readUpTo = storedReadPositions(fold(nick));
  return new Client({
    nick,
    // The page came from it. Where a machine of another version answers, the client asks again.
    isParley: true,
    channels,
    backlog: openingMessages,
    conversations: true,
    storedReadUpTo: (channel) => readUpTo.get(fold(channel)) ?? 0,
    outgoing: storedUnsent(nick),
    ...(serverPassword !== "" && { password: serverPassword }),
    ...(password !== "" && { account: { name: nick, password } }),
    connect: (signal) => connections.take(signal),
    ...handlers,
  });
}

/** Why the client stopped, as a sentence; "" when the person left. */
export function endingText(ending: Ending): string {
  if (ending.kind === "left") return "";
  if (ending.kind === "refused") return plain(ending.reason);
  return ending.error instanceof Error ? plain(ending.error.message) : "Cannot reach the server";
}
