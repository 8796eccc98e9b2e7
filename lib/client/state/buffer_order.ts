/** The order of the open buffers, for lists, for "next buffer" and for the buffer that follows a closed one. Pure. */

import type { Buffer, State } from "./state.ts";

/** Channels by name, then conversations by name. */
export function buffersInOrder(state: State): readonly Buffer[] {
  const buffers = [...state.buffers.values()].sort((one, other) => one.name < other.name ? -1 : 1);
  return [
    ...buffers.filter(({ kind }) => kind === "channel"),
    ...buffers.filter(({ kind }) => kind === "person"),
  ];
}

/** The name of the buffer `by` positions after another, or before it when negative; the first follows the last. */
export function nextBuffer(state: State, current: string, by: number): string | undefined {
  const names = buffersInOrder(state).map(({ name }) => name);
  const at = names.indexOf(current);
  if (at < 0) return by > 0 ? names[0] : names.at(-1);
  return names.at((at + by) % names.length);
}

/** The name of the buffer to show when the active one is closed: the first that we have joined. */
export function bufferAfterClosing(state: State): string | undefined {
  return buffersInOrder(state).find(({ joined }) => joined)?.name;
}
