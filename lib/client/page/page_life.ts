/**
 * The events of a browser that say whether the page runs. A page that was left stays in the back-forward cache, and a tab
 * in the background is frozen: the browser keeps their connections and answers pings, but nobody reads the messages. So
 * `leave` is called then, also when the tab is closed. `wake` is called when the person or the network is back: after a
 * return to the page, after sleep, in a tab that was hidden or frozen, or with Wi-Fi again.
 */
/// <reference lib="dom" />

/** Calls the functions at each of the events; both can be called often. */
export function installPageLife({ leave, wake }: { leave: () => void; wake: () => void }): void {
  addEventListener("pagehide", () => leave());
  document.addEventListener("freeze", () => leave());
  for (const name of ["online", "offline", "focus", "pageshow"]) addEventListener(name, () => wake());
  document.addEventListener("resume", () => wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") wake();
  });
}
