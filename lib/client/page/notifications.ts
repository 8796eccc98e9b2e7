/**
 * Desktop notifications of mentions and private messages. The page asks for permission only when the person presses
 * the bell.
 */
/// <reference lib="dom" />
import { plain, plainName } from "../text/plain.ts";
import { byId } from "../elements/element.ts";
import { storeWantsNotifications, wantsNotifications } from "./preferences.ts";
import type { SaidEvent } from "../timeline/timeline.ts";
import { toast } from "../elements/toast.ts";

let isOn = false;

/** Makes the bell work. */
export function installNotifications(): void {
  const bell = byId<HTMLButtonElement>("notify");
  const set = (on: boolean) => {
    isOn = on;
    bell.setAttribute("aria-pressed", String(on));
    storeWantsNotifications(on);
  };
  if (!("Notification" in globalThis)) {
    bell.hidden = true;
    return;
  }
  set(Notification.permission === "granted" && wantsNotifications());
  bell.addEventListener("click", async () => {
    if (isOn) return set(false);
    set(await Notification.requestPermission() === "granted");
    if (isOn) return;
    const why = globalThis.isSecureContext
      ? "The browser blocks notifications from this page: allow them in the settings of the browser"
      : "Browsers show notifications only for pages loaded over https or from the same computer";
    toast(why, "error");
  });
}

/** Shows a message as a notification when the person wants them; a click on it calls `show`. */
export function showNotification(said: SaidEvent, show: () => void): void {
  if (!isOn) return;
  const made = new Notification(`${plainName(said.from.nick)} · ${plainName(said.buffer)}`, {
    body: plain(said.text.slice(0, 200)),
    icon: "/lib/client/page/icon.svg",
    tag: said.buffer,
  });
  made.addEventListener("click", () => {
    focus();
    show();
    made.close();
  });
}
