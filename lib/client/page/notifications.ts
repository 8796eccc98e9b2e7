/**
 * Desktop notifications of mentions and private messages. The page asks for permission only when the person presses
 * the bell. A service worker shows them, because Chrome on Android has no other way; where a browser has no worker (on
 * some it is missing in private windows), the page shows them itself.
 */
/// <reference lib="dom" />
import { deadlines } from "../../deadlines.ts";
import { fold, type Folded } from "../../irc/names.ts";
import { excerpt, messageTitle } from "../text/excerpt.ts";
import { basePath } from "../elements/base_path.ts";
import { byId } from "../elements/element.ts";
import { channelAddress } from "./invite_link.ts";
import { storeWantsNotifications, wantsNotifications } from "./preferences.ts";
import type { SaidEvent } from "../state/event.ts";
import { toast } from "../elements/toast.ts";

/** No system shows more text. */
const maxGraphemes = 200;

/** Where a click on a notification leads. */
export interface NotificationTarget {
  /** Whether the person is in the chat. */
  isInChat(): boolean;
  show(buffer: string): void;
}

/** The data of a notification about its message; notification_worker.ts gets it too. */
interface NotificationData {
  /** The page that made it; see pageId. */
  readonly page: string;
  readonly buffer: string;
  readonly address: string;
  /** The id of the message. */
  readonly id: string | undefined;
  /** The time of the message, in milliseconds since 1970. */
  readonly at: number;
}

/** A notification that is or was visible. */
interface Visible {
  readonly data: unknown;
  close(): void;
}

/** `renotify`: the second message of a conversation makes a sound too. The types of browsers do not know it. */
type Options = NotificationOptions & { readonly renotify: boolean };

/** A question of the worker: whether this page shows the message. With `isOwn` it asks only the page that made it. */
interface WorkerQuestion {
  readonly data: NotificationData;
  readonly isOwn: boolean;
}

/** Tells pages apart, until a reload. */
const pageId = `${Math.random()} ${Math.random()}`;

let isOn = false;
let target: NotificationTarget = { isInChat: () => false, show: () => {} };
let worker: Promise<ServiceWorkerRegistration | undefined> | undefined;
/** The notifications that the page showed itself, by the folded name of the conversation. */
const shownByPage = new Map<string, Visible>();
/** The tags of notifications for a conversation: its folded name now, and the earlier ones. */
const tagsByName = new Map<Folded, ReadonlySet<Folded>>();
/** Showing and closing happen in the order of the messages. */
let last: Promise<void> = Promise.resolve();

/** Makes the bell work. */
export function installNotifications(leadsTo: NotificationTarget): void {
  target = leadsTo;
  const bell = byId<HTMLButtonElement>("notify");
  const set = (on: boolean) => {
    isOn = on;
    bell.setAttribute("aria-pressed", String(on));
    storeWantsNotifications(on);
    if (on) worker ??= startWorker();
  };
  if (!("Notification" in globalThis)) {
    bell.hidden = true;
    return;
  }
  set(Notification.permission === "granted" && wantsNotifications());
  bell.addEventListener("click", async () => {
    if (isOn) return set(false);
    // A browser that does not allow it at all can throw.
    set(await askPermission().catch(() => "denied") === "granted");
    if (isOn) return;
    const why = globalThis.isSecureContext
      ? "The browser blocks notifications from this page: allow them in the settings of the browser"
      : "Browsers show notifications only for pages loaded over https or from the same computer";
    toast(why, "error");
  });
}

async function askPermission(): Promise<NotificationPermission> {
  return await Notification.requestPermission();
}

/** Shows a message as a notification when the person wants them; a click on it shows its conversation. */
export function showNotification(said: SaidEvent): void {
  if (!isOn) return;
  const { buffer, id, at } = said;
  tagsByName.set(fold(buffer), new Set([...tagsOf(buffer), fold(buffer)]));
  const data: NotificationData = { page: pageId, buffer, address: addressOf(buffer), id, at };
  const options: Options = {
    body: excerpt(said.text, maxGraphemes),
    icon: `${basePath}lib/client/page/icon.svg`,
    tag: fold(buffer),
    renotify: true,
    data,
  };
  inOrder(() => show(messageTitle(said), options, data));
}

/** Closes the notification of a conversation whose messages were read up to a time, here or on another device. */
export function closeNotification(buffer: string, upTo: number): void {
  closeWhere(buffer, ({ at }) => at <= upTo);
}

/** Closes the notification of a message that was deleted. */
export function withdrawNotification(buffer: string, id: string): void {
  closeWhere(buffer, (data) => data.id === id);
}

/** The person of a conversation has another nick. A notification that is visible keeps its tag. */
export function renameNotifications(from: string, to: string): void {
  const tags = tagsOf(from);
  if (tags.size === 0 || fold(from) === fold(to)) return;
  tagsByName.set(fold(to), new Set([...tagsOf(to), ...tags]));
  tagsByName.delete(fold(from));
}

function tagsOf(buffer: string): ReadonlySet<Folded> {
  return tagsByName.get(fold(buffer)) ?? new Set();
}

async function show(title: string, options: Options, data: NotificationData): Promise<void> {
  const registration = await worker;
  if (registration !== undefined) {
    // Another tab of this person can have called already.
    const shown = await registration.getNotifications({ tag: fold(data.buffer) });
    if (data.id !== undefined && shown.some((one) => (one.data as NotificationData).id === data.id)) return;
    return await registration.showNotification(title, options);
  }
  const made = new Notification(title, options);
  shownByPage.set(fold(data.buffer), made);
  made.addEventListener("click", () => {
    focus();
    target.show(data.buffer);
    made.close();
  });
}

function closeWhere(buffer: string, isDone: (data: NotificationData) => boolean): void {
  if (!isOn) return;
  // The page before it was loaded again can have shown one.
  const tags = new Set([...tagsOf(buffer), fold(buffer)]);
  inOrder(async () => {
    for (const tag of tags) {
      const own = shownByPage.get(tag);
      const others = await (await worker)?.getNotifications({ tag }) ?? [];
      for (const one of own === undefined ? others : [...others, own]) {
        if (isDone(one.data as NotificationData)) one.close();
      }
    }
  });
}

/** A browser can refuse a notification at any time; this must not disturb the chat. */
function inOrder(act: () => Promise<void>): void {
  last = last.then(act).catch((error: unknown) => {
    // The bell shows that there are no notifications any more.
    isOn = false;
    byId("notify").setAttribute("aria-pressed", "false");
    toast(
      `The browser cannot show notifications: ${error instanceof Error ? error.message : error}`,
      "error",
    );
  });
}

/** The worker, once it can show notifications; undefined in a browser without one. */
async function startWorker(): Promise<ServiceWorkerRegistration | undefined> {
  if (!("serviceWorker" in navigator)) return undefined;
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener(
    "message",
    ({ data: asked, ports: [port] }: MessageEvent<WorkerQuestion>) => {
      const { data, isOwn } = asked;
      if (!target.isInChat() || (isOwn && data.page !== pageId)) return;
      target.show(data.buffer);
      port?.postMessage("shown");
    },
  );
  serviceWorker.startMessages();
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, deadlines.workerStartMs));
  // It fails for example in a window where the browser stores nothing.
  return await Promise.race([registerWorker(serviceWorker).catch(() => undefined), late]);
}

async function registerWorker(serviceWorker: ServiceWorkerContainer): Promise<ServiceWorkerRegistration> {
  const registration = await serviceWorker.register(new URL("notification_worker.ts", import.meta.url));
  await isActive(registration);
  return registration;
}

function isActive({ active, installing, waiting }: ServiceWorkerRegistration): Promise<void> {
  const starting = installing ?? waiting;
  if (active !== null || starting === null) return Promise.resolve();
  return new Promise((resolve, reject) =>
    starting.addEventListener("statechange", () => {
      if (starting.state === "activated") resolve();
      if (starting.state === "redundant") reject(new Error("The worker did not start"));
    })
  );
}

/** The address that opens a channel; the page opens conversations with people by itself. */
function addressOf(buffer: string): string {
  return buffer.startsWith("#") ? channelAddress(buffer) : basePath;
}
