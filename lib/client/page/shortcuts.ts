/**
 * Keyboard shortcuts of the whole page: Alt-↑ and Alt-↓ switch to another buffer, and letters go to the message box.
 */
/// <reference lib="dom" />
import { onKeyPress } from "../elements/key_press.ts";

/** The actions of the keys. */
export interface Shortcuts {
  /** Switches to the buffer above (-1) or below (1). */
  readonly step: (by: number) => void;
  /** Moves the focus to the message box. */
  readonly write: () => void;
}

/** Makes the keys work. */
export function installShortcuts({ step, write }: Shortcuts): void {
  onKeyPress(document, (event) => {
    if (document.querySelector("dialog[open]") !== null) return;
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (by !== 0 && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      return step(by);
    }
    const isOutsideControls = event.target instanceof HTMLElement &&
      !event.target.closest("input, textarea, button, a, .picker");
    // A space scrolls the messages.
    const isLetter = /^[^ ]$/u.test(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (isOutsideControls && isLetter) write();
  });
}
