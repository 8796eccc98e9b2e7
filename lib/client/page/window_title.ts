/**
 * The title and the icon of the browser tab: the active buffer, and how many mentions and private messages are unread.
 */
/// <reference lib="dom" />
import type { State } from "../state/state.ts";
import { basePath } from "../elements/base_path.ts";
import { plainName } from "../text/plain.ts";
import type { UnreadMessages } from "../state/unread.ts";

/** Draws it; `activeBuffer` is "" before the person has joined. */
export function drawWindowTitle(state: State, unread: UnreadMessages, activeBuffer: string): void {
  let mentions = 0;
  for (const { name } of state.buffers.values()) mentions += unread.of(name).mentions;
  const count = mentions > 0 ? `(${mentions}) ` : "";
  document.title = `${count}${activeBuffer === "" ? "" : `${plainName(activeBuffer)} · `}Parley`;
  drawIcon(mentions > 0 ? "icon_unread.svg" : "icon.svg");
}

/** A tab that is too narrow for its title still shows the icon. */
function drawIcon(file: string): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link !== null && !link.href.endsWith(`/${file}`)) link.href = `${basePath}lib/client/page/${file}`;
}
