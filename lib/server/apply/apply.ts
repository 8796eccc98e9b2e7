/**
 * Apply: the only place that changes the chat and tells people. One function for each kind of event. A function uses only
 * the chat's state, the event and its stamp, so machines that apply the same events have the same state. An event that
 * became impossible after its commit (another user took the nick) is answered, not applied.
 */
import type { ChatState } from "../chat/chat.ts";
import type { Refusal } from "../chat/refusal.ts";
import { applyAccountEvent, isAccountEvent } from "./account.ts";
import { applyCertificateEvent } from "./certificate.ts";
import { applyChannelEvent } from "./channel.ts";
import type { Event } from "./event.ts";
import { applyFileEvent } from "./file.ts";
import { applyMachineEvent } from "./machine.ts";
import { applyMessage } from "./message.ts";
import { applyOperatorEvent } from "./operator.ts";
import { arrive, attach, detach, endLingering, rename } from "./presence.ts";
import { applyMarker } from "./read_marker.ts";
import { refusalToOperate } from "./operator_right.ts";
import { applyRedaction } from "./redaction.ts";
import { revalidate } from "./revalidate.ts";
import { applyUserEvent } from "./user.ts";

/** Changes the state as the event says and tells people. `by` is the session that asked. */
export function applyEvent(chat: ChatState, event: Event, stamp: number, by = ""): Refusal | undefined {
  const refusal = refusalToOperate(chat, event, by) ?? revalidate(chat, event);
  if (refusal !== undefined) return refusal;
  if (isAccountEvent(event)) return applyAccountEvent(chat, event, stamp);
  switch (event.kind) {
    case "message":
      return applyMessage(chat, event, stamp, by);
    case "arrived":
      return arrive(chat, event, stamp);
    case "attached":
      return attach(chat, event, stamp);
    case "detached":
      return detach(chat, event, stamp);
    case "given up":
      return endLingering(chat, event, stamp);
    case "renamed":
      return rename(chat, event, stamp);
    case "away set":
    case "real name set":
    case "host set":
    case "user modes set":
    case "operator entry lost":
    case "accept set":
      return applyUserEvent(chat, event, stamp);
    case "marked":
      return applyMarker(chat, event);
    case "killed":
    case "wallops":
    case "server ban added":
    case "server ban removed":
    case "operator acted":
      return applyOperatorEvent(chat, event, stamp);
    case "certificate added":
    case "certificate removed":
      return applyCertificateEvent(chat, event, stamp);
    case "redacted":
      return applyRedaction(chat, event, stamp);
    case "file added":
    case "files removed":
      return applyFileEvent(chat, event, stamp);
    case "machine joined":
    case "machine suspected":
    case "machine heard":
    case "machine lost":
      return applyMachineEvent(chat, event, stamp);
    default:
      return applyChannelEvent(chat, event, stamp);
  }
}
