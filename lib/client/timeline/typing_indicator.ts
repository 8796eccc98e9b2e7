/** The typing indicator: the line under the messages that names the people who are typing. */
/// <reference lib="dom" />
import { plainName } from "../text/plain.ts";
import { findBuffer, nicksTyping, type State } from "../state/state.ts";
import { byId } from "../elements/element.ts";

const maxNames = 3;

/**
 * Draws it; `now` is as for nicksTyping(). The text changes only when needed, because screen readers read out each
 * change.
 */
export function drawTypingIndicator(state: State, activeBuffer: string, now: number): void {
  const buffer = findBuffer(state, activeBuffer);
  const nicks = buffer === undefined ? [] : nicksTyping(buffer, now).map(plainName);
  const text = typingText(nicks);
  const line = byId("typing");
  if (line.textContent !== text) line.textContent = text;
}

function typingText(nicks: readonly string[]): string {
  if (nicks.length === 0) return "";
  if (nicks.length > maxNames) return "Several people are typing…";
  if (nicks.length === 1) return `${nicks[0]} is typing…`;
  return `${nicks.slice(0, -1).join(", ")} and ${nicks.at(-1)} are typing…`;
}
