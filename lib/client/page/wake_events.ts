/**
 * The events of a browser that mean that the person or the network is back: after sleep, in a tab that was hidden or
 * frozen, or with Wi-Fi again. The client then checks its connection at once.
 */
/// <reference lib="dom" />

/** Calls `wake` at each of them. */
export function installWakeEvents(wake: () => void): void {
  for (const name of ["online", "offline", "focus", "pageshow"]) addEventListener(name, () => wake());
  document.addEventListener("resume", () => wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") wake();
  });
}
