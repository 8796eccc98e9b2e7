/** Moves the keyboard focus between messages: ↑ and ↓ to the next one, Home and End to the first and the last. */
/// <reference lib="dom" />

/** Handles a key that was pressed in the message area. */
export function focusByKey(area: HTMLElement, event: KeyboardEvent): void {
  if (event.target instanceof HTMLButtonElement) return;
  const rows = [...area.querySelectorAll<HTMLElement>(".entry")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const indexes: Readonly<Record<string, number>> = {
    ArrowUp: at < 0 ? rows.length - 1 : Math.max(0, at - 1),
    ArrowDown: at < 0 ? rows.length - 1 : Math.min(rows.length - 1, at + 1),
    Home: 0,
    End: rows.length - 1,
  };
  const row = rows[indexes[event.key] ?? -1];
  if (row === undefined) return;
  event.preventDefault();
  row.focus();
}
