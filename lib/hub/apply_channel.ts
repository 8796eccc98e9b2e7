/** Apply, for what happens in channels: joining, leaving, topics. */
import { capabilityBits } from "../irc/capabilities.ts";
import { fold } from "../irc/names.ts";
import { stampMs } from "../irc/stamp.ts";
import type { EventOf } from "./apply.ts";
import { Channel } from "./channel.ts";
import type { Hub } from "./hub.ts";
import { sendNames, sendTopic } from "./reply.ts";
import { Outgoing } from "./outgoing.ts";
import type { Refusal } from "./refusal.ts";
import type { User } from "./user.ts";

type ChannelEvent = EventOf<"joined" | "parted" | "topic set">;

/** Modes a new channel has: members only may speak, only operators set the topic. */
const newChannelFlags = ["n", "t"];

/** Changes channels as the event says. */
export function applyChannelEvent(hub: Hub, event: ChannelEvent, stamp: number): Refusal | undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  switch (event.kind) {
    case "joined":
      return join(hub, user, event, stamp);
    case "parted":
      return part(hub, user, event, stamp);
    case "topic set":
      return setTopic(hub, user, event, stamp);
    default:
      return event satisfies never;
  }
}

function join(hub: Hub, user: User, event: EventOf<"joined">, stamp: number): undefined {
  let channel = hub.channel(event.channel);
  const isNew = channel === undefined;
  if (channel === undefined) {
    channel = new Channel(event.channel, Math.floor(stampMs(stamp) / 1000), newChannelFlags);
    hub.channels.set(channel.folded, channel);
  }
  if (channel.members.has(user)) return;
  channel.add(user, isNew ? "@" : "");
  channel.broadcast(joinMessage(user, channel, stamp));
  for (const session of user.sessions) {
    if (channel.topic !== undefined) sendTopic(session, channel);
    sendNames(session, channel);
  }
}

/** JOIN in its fullest form: channel, account, real name (extended-join). */
export function joinMessage(user: User, channel: Channel, stamp: number): Outgoing {
  return new Outgoing(user.source, "JOIN", [channel.name, user.account ?? "*", user.realname], {
    stamp,
    hasId: true,
    account: user.account,
    fallback: { without: capabilityBits["extended-join"], params: [channel.name] },
  });
}

function part(hub: Hub, user: User, event: EventOf<"parted">, stamp: number): undefined {
  const channel = hub.channels.get(fold(event.channel));
  if (channel === undefined || !channel.members.has(user)) return;
  const params = event.reason === "" ? [channel.name] : [channel.name, event.reason];
  channel.broadcast(new Outgoing(user.source, "PART", params, { stamp, hasId: true, account: user.account }));
  channel.remove(user);
  if (channel.members.size === 0) hub.channels.delete(channel.folded);
}

function setTopic(hub: Hub, user: User, event: EventOf<"topic set">, stamp: number): undefined {
  const channel = hub.channels.get(fold(event.channel));
  if (channel === undefined) return;
  const at = Math.floor(stampMs(stamp) / 1000);
  channel.topic = event.text === "" ? undefined : { text: event.text, by: user.source, at };
  const params = [channel.name, event.text];
  channel.broadcast(
    new Outgoing(user.source, "TOPIC", params, { stamp, hasId: true, account: user.account }),
  );
}
