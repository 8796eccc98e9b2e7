/**
 * The parts of a user that most users never have. Empty maps would be a large part of the memory of thousands of idle
 * users, so a user makes these when it gets the first.
 */
import type { Folded } from "../../irc/names.ts";
import type { ChannelState, Invitation } from "./channel.ts";
import type { Marker } from "./read_marker.ts";
import type { UserId } from "./user.ts";

/** See User for what they are. */
export class RareParts {
  /** The sessions that ended lately, by deviceKey(): the milliseconds since 1970 of their end. */
  readonly formerDevices = new Map<string, number>();
  readonly invitations = new Map<ChannelState, Invitation>();
  readonly accepted = new Set<UserId>();
  readonly markers = new Map<Folded, Marker>();
}

/** The same, to be read. */
export type ReadableParts = {
  readonly [Part in keyof RareParts]: RareParts[Part] extends Map<infer Key, infer Value>
    ? ReadonlyMap<Key, Value>
    : ReadonlySet<UserId>;
};

/** The parts of a user that has none of them. */
export const noParts: ReadableParts = new RareParts();
