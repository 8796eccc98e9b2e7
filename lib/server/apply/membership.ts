/** Apply, for the end of a membership: PART, KICK and the end of a user need it. */
import { stampMs } from "../../irc/stamp.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import type { UserState } from "../chat/user.ts";
import { touchRegistered } from "./registered_channel.ts";

/** Removes a user from a channel; the channel ends without members unless it is registered. */
export function removeMember(chat: ChatState, channel: ChannelState, user: UserState, stamp: number): void {
  channel.remove(user);
  touchRegistered(chat, channel, stampMs(stamp));
  if (channel.members.size === 0 && channel.registration === undefined) chat.channels.delete(channel.folded);
}
