/** Apply, for messages that are taken back: the text goes from the history, and those who had it are told. */
import { messageId } from "../../irc/stamp.ts";
import type { EventOf } from "./apply.ts";
import type { Hub } from "../hub/hub.ts";
import { OutgoingLine } from "../render/outgoing.ts";
import { visibleHistory } from "../chat/history_access.ts";

/** Erases the message on this machine and tells the channel, or the two people. */
export function applyRedaction(hub: Hub, event: EventOf<"redacted">, stamp: number): undefined {
  const user = hub.users.get(event.user);
  if (user === undefined) return;
  const views = hub.store && visibleHistory(hub, hub.store, user, event.target);
  // Who left the channel meanwhile takes nothing back there.
  if (views === undefined) return;
  hub.store?.eraser.redact(views, event.message);
  const channel = event.target.startsWith("#") ? hub.channel(event.target) : undefined;
  const other = channel === undefined ? hub.find(event.target) : undefined;
  const params = [channel?.name ?? other?.nick ?? event.target, messageId(event.message)];
  if (event.reason !== "") params.push(event.reason);
  const told = new OutgoingLine(user.source, "REDACT", params, { stamp, account: user.account });
  if (channel !== undefined) return void channel.broadcast(told);
  user.tell(told);
  if (other !== undefined && other !== user) other.tell(told);
}
