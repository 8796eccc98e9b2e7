/** Apply, for the end of a membership, which a PART, a KICK and the end of a user share. */
import { stampMs } from "../../irc/stamp.ts";
import type { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import type { UserState } from "../chat/user.ts";
import { touchRegistered } from "./registered_channel.ts";

/** Takes a user out of a channel, which ends when nobody is left and it is not kept. */
export function removeMember(chat: ChatState, channel: ChannelState, user: UserState, stamp: number): void {
  channel.remove(user);
  touchRegistered(chat, channel, stampMs(stamp));
  if (channel.members.size === 0 && channel.registration === undefined) chat.channels.delete(channel.folded);
}
