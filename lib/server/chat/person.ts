/**
 * The person behind a session, as far as a server can tell: the unit in which long work is shared out (lib/turns.ts) and
 * invitations are counted.
 */
import { peerOf } from "../../irc/address.ts";
import type { Session } from "./session.ts";

/** The same text for all sessions of an account, and for all guests of an address; guests on this machine are told apart. */
export function personOf({ user, id, connection: { address, isLocal } }: Session): string {
  if (user?.account !== undefined) return user.account;
  return isLocal ? `~${user?.id ?? id}` : `~${peerOf(address)}`;
}
