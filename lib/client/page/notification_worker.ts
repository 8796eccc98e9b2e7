/**
 * The service worker of notifications: a click on one leads to the chat it came from. It takes no requests and stores
 * nothing. It imports nothing, because not every browser runs a worker with imports.
 */

/** The part of the data of a notification that this worker uses; notifications.ts makes it. */
interface NotificationData {
  /** Where to open the chat when no page of it is open. */
  readonly address: string;
}

interface WindowClient {
  postMessage(message: unknown, ports: MessagePort[]): void;
  focus(): Promise<unknown>;
}

/** The parts of ServiceWorkerGlobalScope that are used here. */
interface Scope {
  readonly clients: {
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly WindowClient[]>;
    openWindow(address: string): Promise<unknown>;
  };
  addEventListener(type: "notificationclick", act: (event: ClickEvent) => void): void;
}

interface ClickEvent {
  readonly notification: { readonly data: NotificationData; close(): void };
  waitUntil(promise: Promise<unknown>): void;
}

/** A page answers at once, unless the browser has suspended it. */
const answerMs = 1_000;

const scope = globalThis as unknown as Scope;

scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openChat(event.notification.data));
});

async function openChat(data: NotificationData): Promise<void> {
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  // The page that made it, or one that is open since, for example the same page after a reload.
  const page = await firstToShow(pages, { data, isOwn: true }) ??
    await firstToShow(pages, { data, isOwn: false });
  await (page === undefined ? scope.clients.openWindow(data.address) : page.focus());
}

function firstToShow(pages: readonly WindowClient[], question: unknown): Promise<WindowClient | undefined> {
  return Promise.any(pages.map((page) => showsChat(page, question))).catch(() => undefined);
}

/** Resolves when this page shows the message; rejects when it does not answer. */
function showsChat(page: WindowClient, question: unknown): Promise<WindowClient> {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(page);
    setTimeout(reject, answerMs);
    page.postMessage(question, [port2]);
  });
}
