/**
 * Finds the channels that the page joins: first those of the invite link, then those of the last visit. It stores the
 * channels and the place to which the person had read each.
 */
/// <reference lib="dom" />
import { fold } from "../../irc/names.ts";
import type { Client } from "../core/client.ts";
import { comesBack, storedVisit } from "./tab_visit.ts";
import { storeChannels, storedChannels, storeReadPositions } from "./preferences.ts";

/** "/join#tea" and "/#tea" invite to #tea. Without any channel it is the lobby. */
export function channelsToJoin(): string[] {
  const channels = new Map(
    [...invitedChannels(), ...storedChannels()].map((channel) => [fold(nameOf(channel)), channel]),
  );
  return channels.size > 0 ? [...channels.values()] : ["#lobby"];
}

/** Stores the channels of this visit for the next one, under the name that the person joined with. */
export function rememberChannels({ rememberedChannels, readMarkers }: Client, nick: string): void {
  const { unread } = readMarkers;
  readMarkers.flush();
  storeChannels(rememberedChannels);
  storeReadPositions(
    fold(nick),
    rememberedChannels.map((channel) => {
      const name = fold(nameOf(channel));
      return [name, unread.readUpTo(name)] as const;
    }),
  );
}

/** The buffer to show first: that of the invite link, or the active one of this tab when the page comes back. */
export function bufferToShow(): string {
  const [invited = ""] = invitedChannels();
  const active = storedVisit()?.activeBuffer ?? "";
  return comesBack() ? active || invited : invited || active;
}

/** A stored channel can have a key after its name. */
function nameOf(channel: string): string {
  return channel.split(" ", 1)[0] ?? "";
}

/** The channels that the address of the page names; "#," is the channel "#". */
export function invitedChannels(): string[] {
  try {
    return decodeURIComponent(location.hash).split(",").filter((channel) => /^#[^\s,]*$/.test(channel));
  } catch {
    return [];
  }
}
