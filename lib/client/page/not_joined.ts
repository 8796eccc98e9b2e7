/** The notice above the message box when the person is not in the active channel, or in no channel at all. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import { plainName } from "../text/plain.ts";
import { findBuffer } from "../state/state.ts";
import { fold } from "../../irc/names.ts";
import { byId } from "../elements/element.ts";

/** Draws it; hidden for a channel that the client is in or is joining. */
export function drawNotJoined(client: Client, activeBuffer: string): void {
  const name = plainName(activeBuffer);
  const isNotJoined = isMissing(client, activeBuffer);
  const hasNoChannel = activeBuffer === "" && client.wantedChannels.length === 0;
  byId("not-joined").hidden = !isNotJoined && !hasNoChannel;
  byId("messages").classList.toggle("not-joined", isNotJoined);
  for (const id of ["rejoin", "close-channel"]) byId(id).hidden = !isNotJoined;
  const text = isNotJoined ? `You are not in ${name}` : hasNoChannel ? "You are not in any channel" : "";
  const line = byId("not-joined-text");
  if (line.textContent !== text) line.textContent = text;
  const hint = activeBuffer === "" ? "Write /join #channel" : `Message ${name}`;
  byId<HTMLTextAreaElement>("box").placeholder = isNotJoined ? `You are not in ${name}` : hint;
}

function isMissing({ state, wantedChannels }: Client, name: string): boolean {
  const channel = findBuffer(state, name);
  return channel?.kind === "channel" && !channel.joined &&
    !wantedChannels.some((wanted) => fold(wanted) === fold(name));
}
