/** The page's entry: the join form, the tools, and the parts put together. */
/// <reference lib="dom" />
import { emoji } from "../client/emoji.ts";
import { slashCommands } from "../client/slash.ts";
import { findBuffer, nicksByActivity } from "../client/state.ts";
import { Chat } from "./chat.ts";
import { Composer } from "./composer.ts";
import { byId } from "./element.ts";
import { pickEmoji } from "./emoji_picker.ts";
import { installBell } from "./notify.ts";
import { installInks } from "./paint.ts";
import { shareFiles } from "./share.ts";
import { toast } from "./toast.ts";

let chat: Chat | undefined;

const composer = new Composer({
  send: (text) => chat?.submit(text) ?? false,
  typing: () => {},
  complete: completions,
  share: (files) => {
    if (chat === undefined) return toast("Join first, then share files", "error");
    const { client, current } = chat;
    void shareFiles(files, {
      url: () => client.state.isupport.get("soju.im/FILEHOST"),
      token: () => Promise.reject(new Error("not yet")),
      done: (address) => chat?.say(current, "message", address),
    });
  },
});

function completions(beginning: string): readonly string[] {
  if (chat === undefined || beginning === "") return [];
  const wanted = beginning.toLowerCase();
  if (wanted.startsWith("/")) {
    return Object.keys(slashCommands).map((name) => `/${name}`).filter((name) => name.startsWith(wanted));
  }
  if (wanted.startsWith(":")) {
    return [...emoji].filter(([name]) => `:${name}`.startsWith(wanted)).map(([, sign]) => sign);
  }
  const { state } = chat.client;
  if (wanted.startsWith("#")) {
    return [...state.buffers.values()].map(({ name }) => name).filter((name) =>
      name.toLowerCase().startsWith(wanted)
    );
  }
  const room = findBuffer(state, chat.current);
  return room === undefined
    ? []
    : nicksByActivity(room).filter((nick) => nick.toLowerCase().startsWith(wanted));
}

/** "/join#tea" and "/#tea" enter #tea; without a room it is the lobby. */
function wantedRooms(): string[] {
  const rooms = decodeURIComponent(location.hash).split(",").filter((room) => /^#[^\s,]+$/.test(room));
  return rooms.length > 0 ? rooms : ["#lobby"];
}

function join(event: Event): void {
  event.preventDefault();
  const nick = byId<HTMLInputElement>("name").value.trim();
  if (nick === "") return toast("Enter a username first", "error");
  lock(true);
  localStorage.setItem("name", nick);
  chat = new Chat({
    nick,
    password: byId<HTMLInputElement>("password").value,
    channels: wantedRooms(),
    url: new URL("/", location.href.replace(/^http/, "ws")).href.replace(/#.*/, ""),
    entered: () => {
      composer.enabled = true;
      byId<HTMLInputElement>("password").value = "";
      composer.focus();
    },
    refused: (reason) => {
      if (reason !== "") toast(reason, "error");
      lock(false);
      composer.enabled = false;
      byId("status").hidden = true;
    },
    turned: (name) => {
      composer.placeholder = `Message ${name}`;
      document.body.classList.remove("rooms", "people");
      composer.focus();
    },
    acts: {
      reply: () => {},
      react: () => {},
      pick: (_entry, beside) => pickEmoji(beside, () => {}),
      redact: () => {},
    },
  });
  void chat.run();
}

/** The join controls are of no use while one is in. */
function lock(locked: boolean): void {
  for (const id of ["name", "password", "join-button"]) byId<HTMLInputElement>(id).disabled = locked;
  byId("join-button").textContent = locked ? "Joined" : "Join";
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
  for (const name of ["rooms", "people"]) {
    const button = byId(`show-${name}`);
    button.addEventListener("click", () => {
      const isOpen = document.body.classList.toggle(name);
      document.body.classList.remove(name === "rooms" ? "people" : "rooms");
      button.setAttribute("aria-expanded", String(isOpen));
    });
  }
  byId("open-room").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = byId<HTMLInputElement>("room-name");
    const name = field.value.trim();
    if (name !== "" && chat?.submit(`/join ${name.startsWith("#") ? name : `#${name}`}`)) field.value = "";
  });
  document.addEventListener("visibilitychange", () => chat?.draw());
  addEventListener("focus", () => chat?.draw());
}

installInks();
installBell();
installTools();
byId<HTMLInputElement>("name").value = localStorage.getItem("name") ?? "";
byId("join").addEventListener("submit", join);
byId("name").focus();
