/** Who may see whom, which channels and whose address. Decides only; WHO, WHOIS and their like ask here. */
import type { Channel, Member } from "./channel.ts";
import { isHidden } from "./permission.ts";
import type { Session } from "./session.ts";
import type { User } from "./user.ts";

/** Whether two users are in a channel together. */
export function shareChannel(one: User, other: User): boolean {
  const [few, many] = one.channels.size <= other.channels.size ? [one, other] : [other, one];
  for (const channel of few.channels.keys()) if (many.channels.has(channel)) return true;
  return false;
}

/** Whether `asker` finds `user` without knowing its nick: invisible users (+i) show only where a channel is shared. */
export function isVisible(user: User, asker: User): boolean {
  return !user.modes.has("i") || user === asker || asker.modes.has("o") || shareChannel(user, asker);
}

/** The channels of `user` that `asker` may know of: all to operators and oneself, else no secret ones and none of an invisible user that are not shared. */
export function visibleChannels(user: User, asker: User): [Channel, Member][] {
  const all = [...user.channels];
  if (user === asker || asker.modes.has("o")) return all;
  return all.filter(([channel]) =>
    channel.members.has(asker) || (!user.modes.has("i") && !isHidden(channel, asker))
  );
}

/** Whether `asker` may know the real address of `user`. */
export function seesAddress(user: User, asker: User): boolean {
  return user === asker || asker.modes.has("o");
}

/** A member's rank prefixes as the session wants them: all, or the highest. */
export function shownPrefixes(session: Session, { prefixes }: Member): string {
  return session.has("multi-prefix") ? prefixes : prefixes.slice(0, 1);
}
