/**
 * Visibility: the channels, users and addresses that a user can see. LIST, WHO, WHOIS and similar commands ask this
 * file.
 */
import type { Channel, Membership } from "./channel.ts";
import { isSilent } from "./permission.ts";
import type { Session } from "./session.ts";
import type { User } from "./user.ts";

/** Whether a channel is hidden from a user: it is secret, and the user is neither a member nor a server operator. */
export function isHidden(channel: Channel, user: User): boolean {
  return channel.flags.has("s") && !channel.members.has(user) && !user.isOperator;
}

/** Whether two users share a channel. */
export function shareChannel(one: User, other: User): boolean {
  const [few, many] = one.channels.size <= other.channels.size ? [one, other] : [other, one];
  for (const channel of few.channels.keys()) if (many.channels.has(channel)) return true;
  return false;
}

/** Whether `asker` finds `user` without its nick: invisible users (+i) are found only by users that share a channel. */
export function isVisible(user: User, asker: User): boolean {
  return !user.modes.has("i") || user === asker || asker.isOperator || shareChannel(user, asker);
}

/**
 * The channels of `user` that `asker` can see. Operators and the user itself see all; others see no secret channels,
 * and of an invisible user only shared ones. The same holds for a user that is silenced in a shared channel, because
 * the names of its other channels can be words.
 */
export function visibleChannels(user: User, asker: User): [Channel, Membership][] {
  const all = [...user.channels];
  if (user === asker || asker.isOperator) return all;
  const isOnlyShared = user.modes.has("i") ||
    all.some(([channel]) => channel.members.has(asker) && isSilent(channel, user));
  return all.filter(([channel]) =>
    channel.members.has(asker) || (!isOnlyShared && !isHidden(channel, asker))
  );
}

/** Whether `asker` can see the real address of `user`. */
export function seesAddress(user: User, asker: User): boolean {
  return user === asker || asker.isOperator;
}

/** The rank prefixes of a member for a session: all of them with multi-prefix, otherwise the highest. */
export function shownPrefixes(session: Session, { prefixes }: Membership): string {
  return session.has("multi-prefix") ? prefixes : prefixes.slice(0, 1);
}
