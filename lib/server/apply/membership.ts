/** Apply, for the beginning and the end of channels and memberships. */
import { stampMs } from "../../irc/stamp.ts";
import { ChannelState } from "../chat/channel.ts";
import type { ChatState } from "../chat/chat.ts";
import type { UserState } from "../chat/user.ts";
import { saveReopened } from "./closing.ts";
import { touchRegistered } from "./registered_channel.ts";

/** Modes of a new channel: only members can speak, and only half-operators and above set the topic. */
const newChannelFlags = ["n", "t"];

/** Makes a channel, for its first member. */
export function makeChannel(chat: ChatState, name: string, stamp: number): ChannelState {
  const channel = new ChannelState(name, Math.floor(stampMs(stamp) / 1000), newChannelFlags, stamp);
  chat.channels.set(channel.folded, channel);
  saveReopened(chat, channel, stamp);
  return channel;
}

/** Removes a user from a channel; the channel ends without members unless it is registered. */
export function removeMember(chat: ChatState, channel: ChannelState, user: UserState, stamp: number): void {
  channel.remove(user);
  touchRegistered(chat, channel, stampMs(stamp));
  if (channel.members.size === 0 && channel.registration === undefined) endChannel(chat, channel);
}

/** Ends a channel; nothing is left of one in which nobody wrote. */
export function endChannel(chat: ChatState, channel: ChannelState): void {
  chat.channels.delete(channel.folded);
  chat.store?.conversations.forget(channel.folded);
}
