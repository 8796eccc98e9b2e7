/**
 * The buttons around the messages: search, account, notifications, theme, invite link, and joining or closing a
 * channel.
 */
/// <reference lib="dom" />
import { runInput } from "../slash/slash.ts";
import { openAccount } from "./account_dialog.ts";
import { byId } from "../elements/element.ts";
import { copyInviteLink } from "./invite_link.ts";
import { installNotifications } from "./notifications.ts";
import type { PageUi } from "./page_ui.ts";
import { installPanes } from "./panes.ts";
import { openSearch } from "./search_dialog.ts";
import { installTheme } from "./theme.ts";
import { toast } from "../elements/toast.ts";

/** Makes the buttons work; `current` is the chat, undefined while the person has not joined. */
export function installToolbar(current: () => PageUi | undefined): void {
  installTheme();
  installPanes();
  installNotifications({
    isInChat: () => current() !== undefined,
    show: (buffer) => current()?.active.showByOldName(buffer),
  });
  const onClick = (id: string, act: (ui: PageUi) => void) =>
    byId(id).addEventListener("click", () => {
      const ui = current();
      if (ui !== undefined) act(ui);
    });
  onClick("search", search);
  onClick("account", account);
  onClick("invite", ({ active }) => copyInviteLink(active.name));
  onClick("rejoin", ({ active }) => active.join(active.name));
  onClick("close-channel", ({ active }) => active.close(active.name));
  byId("join-channel").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = byId<HTMLInputElement>("channel-name");
    const name = field.value.trim();
    if (name === "") return toast("Enter a channel name first", "error");
    current()?.active.join(name.startsWith("#") ? name : `#${name}`);
    field.value = "";
  });
}

function search({ client, active, history }: PageUi): void {
  openSearch({
    start: (words) => client.history.search(words, active.name),
    goTo: (said) => history.jumpTo(said),
    place: active.name,
  });
}

function account({ client, commandUi }: PageUi): void {
  openAccount({
    nick: client.state.nick,
    account: client.state.account,
    registrationFault: client.account.passwordFault,
    register: async (password) => {
      await client.account.register(password);
      toast(`You registered ${client.state.nick}: log in with this name on any device`);
    },
    login: (name, password) => client.account.login(name, password),
    showDevices: () => {
      runInput(commandUi, "/sessions").catch((error) => toast(error.message, "error"));
    },
  });
}
