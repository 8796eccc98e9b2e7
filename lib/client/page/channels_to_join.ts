/** Which channels the page joins: first those of the invite link, then those of the last visit. */
/// <reference lib="dom" />
import { fold } from "../../irc/names.ts";
import { storedChannels } from "./preferences.ts";

/** "/join#tea" and "/#tea" invite to #tea. Without any channel it is the lobby. */
export function channelsToJoin(): string[] {
  const channels = new Map(
    [...invitedChannels(), ...storedChannels()].map((channel) => [fold(channel), channel]),
  );
  return channels.size > 0 ? [...channels.values()] : ["#lobby"];
}

/** The channels that the address of the page names. */
export function invitedChannels(): string[] {
  try {
    return decodeURIComponent(location.hash).split(",").filter((channel) => /^#[^\s,]+$/.test(channel));
  } catch {
    return [];
  }
}
