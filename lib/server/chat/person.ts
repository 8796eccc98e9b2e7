/** The person behind a session, as far as a server can tell: the unit in which long work is shared out (lib/turns.ts). */
import { isLoopback, peerOf } from "../../irc/address.ts";
import type { Session } from "./session.ts";

/** The same text for all sessions of an account, and for all guests of an address; local guests are told apart. */
export function personOf({ user, id, connection: { address } }: Session): string {
  if (user?.account !== undefined) return user.account;
  return isLoopback(address) ? `~${user?.id ?? id}` : `~${peerOf(address)}`;
}
