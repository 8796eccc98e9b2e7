/** Desktop notifications for what is said to the person, on demand: nothing is asked for until the bell is pressed. */
/// <reference lib="dom" />
import { plain, plainName } from "../text/plain.ts";
import { byId } from "./element.ts";
import { toast } from "./toast.ts";
import type { SaidEvent } from "./timeline.ts";

let wanted = false;

/** Makes the bell work. */
export function installBell(): void {
  const bell = byId<HTMLButtonElement>("notify");
  const set = (on: boolean) => {
    wanted = on;
    bell.setAttribute("aria-pressed", String(on));
    localStorage.setItem("notify", on ? "on" : "off");
  };
  if (!("Notification" in globalThis)) {
    bell.hidden = true;
    return;
  }
  set(Notification.permission === "granted" && localStorage.getItem("notify") === "on");
  bell.addEventListener("click", async () => {
    if (wanted) return set(false);
    set(await Notification.requestPermission() === "granted");
    if (wanted) return;
    const why = globalThis.isSecureContext
      ? "The browser does not allow notifications for this page"
      : "Browsers show notifications only for pages that come by https, or from the same machine";
    toast(why, "error");
  });
}

/** Tells of a message, unless the person looks at it. */
export function notify(isSeen: boolean, said: SaidEvent, show: () => void): void {
  if (!wanted || isSeen) return;
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
