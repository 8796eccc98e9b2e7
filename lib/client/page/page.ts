/** The page's entry: the join form, the tools, and the parts put together. */
/// <reference lib="dom" />
import { computeWith } from "../../irc/digest.ts";
import { fold } from "../../irc/names.ts";
import { Chat } from "./page_ui.ts";
import { completions } from "./completion.ts";
import { Composer } from "./composer.ts";
import { openAccount, openSearch } from "./dialogs.ts";
import { byId } from "./element.ts";
import { pickEmoji } from "./emoji_picker.ts";
import { installBell } from "./notify.ts";
import { installInks, trustFiles } from "./span_elements.ts";
import { copy } from "./clipboard.ts";
import { installPanes, showPane } from "./panes.ts";
import { installShortcuts } from "./shortcuts.ts";
import { shareFiles } from "./file_sending.ts";
import { toast } from "./toast.ts";

let chat: Chat | undefined;
/** Whether the server has told that it wants its own password. */
let isBarred = false;

const composer = new Composer({
  send: (text, answering) => chat?.submit(text, answering) ?? false,
  typing: (text) => {
    if (chat !== undefined && chat.activeBuffer !== "" && chat.sharesTyping) {
      chat.client.typing.update(chat.activeBuffer, text);
    }
  },
  complete: (beginning) =>
    chat === undefined ? [] : completions(chat.client.state, chat.activeBuffer, beginning),
  share,
});

function share(files: readonly File[]): void {
  if (chat === undefined || chat.activeBuffer === "") return toast("Join first, then share files", "error");
  const { client, activeBuffer } = chat;
  void shareFiles(files, {
    url: () => client.uploads.url,
    token: () => client.uploads.token(),
    done: (address) => chat?.say(activeBuffer, "message", address),
  });
}

/** "/join#tea" and "/#tea" enter #tea, then come the rooms of the last time; without any it is the lobby. */
function wantedRooms(): string[] {
  const last = (localStorage.getItem("rooms") ?? "").split(",").filter((room) => room !== "");
  const rooms = new Map([...invitedTo(), ...last].map((room) => [fold(room), room]));
  return rooms.size > 0 ? [...rooms.values()] : ["#lobby"];
}

/** Keeps in mind which rooms to enter the next time. */
function rememberRooms(): void {
  if (chat === undefined || !isIn()) return;
  const rooms = [...chat.client.state.buffers.values()].filter(({ kind, joined }) =>
    kind === "channel" && joined
  );
  // While the connection is gone there are none.
  if (rooms.length > 0) localStorage.setItem("rooms", rooms.map(({ name }) => name).join(","));
}

function isIn(): boolean {
  return document.body.classList.contains("in");
}

function invitedTo(): string[] {
  try {
    return decodeURIComponent(location.hash).split(",").filter((room) => /^#[^\s,]+$/.test(room));
  } catch {
    return [];
  }
}

function join(event: Event): void {
  event.preventDefault();
  if (chat !== undefined) return;
  const nick = byId<HTMLInputElement>("name").value.trim();
  if (nick === "") return toast("Enter a username first", "error");
  lock(true);
  localStorage.setItem("name", nick);
  const made = chat = new Chat({
    nick,
    password: byId<HTMLInputElement>("password").value,
    serverPassword: byId<HTMLInputElement>("server-password").value,
    channels: wantedRooms(),
    url: new URL("/", location.href.replace(/^http/, "ws")).href,
    entered: () => {
      trustFiles(made.client.uploads.url);
      enable(true);
      byId<HTMLInputElement>("password").value = "";
      composer.focus();
    },
    refused: (reason) => {
      if (reason !== "") toast(reason, "error");
      if (chat === made) leave(reason);
    },
    barred: () => isBarred = true,
    unsent: (target, text) => composer.giveBack(target, text),
    turned: (name) => {
      composer.answer(undefined);
      composer.room = name;
      showPane(undefined);
      composer.focus();
    },
    acts: {
      reply: (entry) => composer.answer(entry),
      pick: (entry, beside) => pickEmoji(beside, (emoji) => made.react(entry, emoji)),
    },
  });
  void made.run();
}

function leave(reason: string): void {
  rememberRooms();
  chat = undefined;
  lock(false);
  enable(false);
  byId("outside").hidden = true;
  byId("status").hidden = reason !== "";
  byId("status").textContent = "You left the chat: press Enter to join again";
  byId(isBarred && reason !== "" ? "server-password" : "name").focus();
}

/** The join controls are of no use while one is in. */
function lock(locked: boolean): void {
  for (const id of ["name", "password", "server-password", "join-button"]) {
    byId<HTMLInputElement>(id).disabled = locked;
  }
  byId("password").hidden = locked;
  byId("server-password").hidden = locked || !isBarred;
  byId("join-button").textContent = locked ? "Joined" : ["Join", ...invitedTo()].join(" ");
}

/** What works only while one is in. */
function enable(isIn: boolean): void {
  document.body.classList.toggle("in", isIn);
  composer.enabled = isIn;
  for (const id of ["room-name", "room-button"]) byId<HTMLInputElement>(id).disabled = !isIn;
  for (const id of ["search", "account"]) byId(id).hidden = !isIn;
}

function installTools(): void {
  const theme = byId("theme");
  const setTheme = (name: string) => {
    document.documentElement.dataset["theme"] = name;
    theme.setAttribute("aria-pressed", String(name === "light"));
    localStorage.setItem("theme", name);
  };
  setTheme(localStorage.getItem("theme") ?? "dark");
  theme.addEventListener(
    "click",
    () => setTheme(document.documentElement.dataset["theme"] === "light" ? "dark" : "light"),
  );
  installPanes();
  byId("open-room").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = byId<HTMLInputElement>("room-name");
    const name = field.value.trim();
    if (name === "") return toast("Enter the name of a room first", "error");
    chat?.join(name.startsWith("#") ? name : `#${name}`);
    field.value = "";
  });
  byId("search").addEventListener("click", search);
  byId("account").addEventListener("click", account);
  byId("invite").addEventListener("click", invite);
  byId("rejoin").addEventListener("click", () => chat?.join(chat.activeBuffer));
  byId("close-room").addEventListener("click", () => chat?.closed(chat.activeBuffer));
}

function search(): void {
  if (chat === undefined) return;
  const { client } = chat;
  openSearch(
    async (text) =>
      (await client.history.search(text)).flatMap((event) => event.kind === "said" ? [event] : []),
    (said) => {
      if (said.id !== undefined) void chat?.jump(said.buffer, said.id);
    },
  );
}

function account(): void {
  if (chat === undefined) return;
  const { client } = chat;
  openAccount({
    nick: client.state.nick,
    account: client.state.account,
    fault: client.account.passwordFault,
    register: async (password) => {
      await client.account.register(password);
      toast(`The name ${client.state.nick} is yours: log in with it on any device`);
    },
    login: (name, password) => client.account.login(name, password),
  });
}

/** Copies the link that lets somebody else in. */
function invite(): void {
  const room = chat?.activeBuffer ?? "";
  if (room === "") return;
  const link = `${location.origin}/join#${encodeURIComponent(room.slice(1))}`;
  const shown = () => toast(`The link to ${room}: ${link}`);
  copy(link).then(() => toast(`Copied the link to ${room}: ${link}`), shown);
}

// Browsers keep WebCrypto from pages that came unencrypted from another machine.
if (globalThis.crypto.subtle === undefined) {
  computeWith(async () => (await import("../../irc/plain_digest.ts")).plainDigests);
}
installInks();
installBell();
installTools();
installShortcuts({ step: (by) => chat?.step(by), write: () => composer.focus() });
lock(false);
enable(false);
byId<HTMLInputElement>("name").value = localStorage.getItem("name") ?? "";
byId("join").addEventListener("submit", join);
document.addEventListener("visibilitychange", () => {
  chat?.draw();
  // Phones end a page that is not seen without saying so.
  rememberRooms();
});
addEventListener("pagehide", rememberRooms);
addEventListener("focus", () => chat?.draw());
addEventListener("hashchange", () => {
  if (chat === undefined) return lock(false);
  for (const room of invitedTo()) chat.join(room);
});
byId("name").focus();
