/** Small words around the messages: who is typing, and the title of the window with how much waits. */
/// <reference lib="dom" />
import { plainName } from "../text/plain.ts";
import { findBuffer, type State, typingAt } from "../core/state.ts";
import { byId } from "./element.ts";
import type { Timelines } from "./timeline.ts";

/** Says who is typing in a buffer; said again only when it changed, as screen readers read it out. */
export function drawTyping(state: State, buffer: string): void {
  const room = findBuffer(state, buffer);
  const who = room === undefined ? [] : typingAt(room, Date.now()).map(plainName);
  const words = typingWords(who);
  const line = byId("typing");
  if (line.textContent !== words) line.textContent = words;
}

function typingWords(who: readonly string[]): string {
  if (who.length === 0) return "";
  if (who.length > 3) return "Several people are typing…";
  return `${who.join(", ")} ${who.length === 1 ? "is" : "are"} typing…`;
}

/** Names the buffer in front, "" before one is in, and counts what waits for the person everywhere. */
export function drawTitle(state: State, timelines: Timelines, buffer: string): void {
  let waiting = 0;
  for (const { name } of state.buffers.values()) waiting += timelines.of(name).mentions;
  const count = waiting > 0 ? `(${waiting}) ` : "";
  document.title = `${count}${buffer === "" ? "" : `${plainName(buffer)} · `}Parley`;
}
