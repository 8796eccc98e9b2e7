/** Tells that the room in front is one the person is not in, or that there is none, and what can be done. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import { plainName } from "../text/plain.ts";
import { findBuffer } from "../core/state.ts";
import { fold } from "../../irc/names.ts";
import { byId } from "./element.ts";

/** Draws it; nothing for a room that one is in, or on the way into. */
export function drawOutside(
  { client, activeBuffer: current }: { readonly client: Client; readonly activeBuffer: string },
): void {
  const name = plainName(current);
  const isLeft = isOutside(client, current);
  const isNowhere = current === "" && client.wantedChannels.length === 0;
  byId("outside").hidden = !isLeft && !isNowhere;
  byId("messages").classList.toggle("left", isLeft);
  for (const id of ["rejoin", "close-room"]) byId(id).hidden = !isLeft;
  const line = byId("outside-words");
  const words = isLeft ? `You are not in this room; /join ${name}` : isNowhere ? "You are in no room" : "";
  if (line.textContent !== words) line.textContent = words;
  const where = current === "" ? "Write /join #room to enter a room" : `Message ${name}`;
  byId<HTMLTextAreaElement>("box").placeholder = isLeft ? `You are not in ${name}` : where;
}

function isOutside({ state, wantedChannels }: Client, name: string): boolean {
  const room = findBuffer(state, name);
  return room?.kind === "channel" && !room.joined && !wantedChannels.some((one) => fold(one) === fold(name));
}
