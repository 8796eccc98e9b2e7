/** Keys that work wherever the keyboard is on the page: Alt-↑ and Alt-↓ turn to the next room, and letters go to the message box. */
/// <reference lib="dom" />

/** What the keys do. */
export interface Shortcuts {
  /** Turns to the room above (-1) or below (1). */
  readonly step: (by: number) => void;
  /** The keyboard goes to the message box. */
  readonly write: () => void;
}

/** Listens for them. */
export function installShortcuts({ step, write }: Shortcuts): void {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") !== null || event.isComposing) return;
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (by !== 0 && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      return step(by);
    }
    const isFree = event.target instanceof HTMLElement &&
      !event.target.closest("input, textarea, button, a, .picker");
    // A space scrolls what is read.
    if (isFree && /^[^ ]$/u.test(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey) write();
  });
}
