/** The title of the browser tab: the active buffer, and how many mentions and private messages are unread. */
/// <reference lib="dom" />
import type { State } from "../state/state.ts";
import { plainName } from "../text/plain.ts";
import type { Timelines } from "../timeline/timeline.ts";

/** Draws it; `activeBuffer` is "" before the person has joined. */
export function drawWindowTitle(state: State, timelines: Timelines, activeBuffer: string): void {
  let unread = 0;
  for (const { name } of state.buffers.values()) unread += timelines.of(name).mentions;
  const count = unread > 0 ? `(${unread}) ` : "";
  document.title = `${count}${activeBuffer === "" ? "" : `${plainName(activeBuffer)} · `}Parley`;
}
