/**
 * The buttons over the messages: to the newest messages while the person reads older ones, and to the first message
 * that the person has not read.
 */
/// <reference lib="dom" />
import { byId } from "../elements/element.ts";
import type { UnreadCount } from "../state/unread.ts";

/** The values that the buttons show. */
export interface JumpButtonsParts {
  readonly unread: UnreadCount;
  /** Whether the newest message is in sight. */
  readonly isAtEnd: boolean;
  /** Whether the separator before the first unread message is above, and the person has not seen it. */
  readonly isUnreadAbove: boolean;
}

/** Draws both buttons. */
export function drawJumpButtons({ unread, isAtEnd, isUnreadAbove }: JumpButtonsParts): void {
  const { messages, mentions } = unread;
  const news = `${messages.toLocaleString("en")} new ${messages === 1 ? "message" : "messages"}`;
  const latest = byId("to-latest");
  latest.classList.toggle("mention", mentions > 0);
  draw(latest, !isAtEnd, messages > 0 ? `${news} ↓` : "Jump to latest ↓");
  draw(byId("to-unread"), isAtEnd && isUnreadAbove, "New messages ↑");
}

/** The focus stays in the page when its button goes. */
function draw(button: HTMLElement, isShown: boolean, text: string): void {
  if (!isShown && document.activeElement === button) byId("messages").focus({ preventScroll: true });
  button.hidden = !isShown;
  if (button.textContent !== text) button.textContent = text;
}
