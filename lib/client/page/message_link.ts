/**
 * Links to messages of a channel, such as "/join#tea,message=i3u5mafsvn": copying one, and going to the message when
 * the person opens one. A person who opens it joins the channel first, as with an invite link.
 */
/// <reference lib="dom" />
import { fold } from "../../irc/names.ts";
import { basePath } from "../elements/base_path.ts";
import { channelAddress } from "./invite_link.ts";
import { copy } from "../elements/clipboard.ts";
import { toast } from "../elements/toast.ts";

/** Copies the link to a message, and says so. Where the browser does not allow copying, it shows the link. */
export function copyMessageLink(channel: string, id: string): void {
  const link = channelAddress(channel, id);
  copy(link).then(
    () => toast("Copied the link to this message"),
    () => toast(`Link to this message: ${link}`),
  );
}

/** The message that the address of the page names, until the page shows it. */
export class LinkedMessage {
  #wanted = read();

  /** The address has changed. */
  update(): void {
    this.#wanted = read();
  }

  /** The id of the message when it is in this channel; only the first time. */
  take(channel: string): string | undefined {
    const wanted = this.#wanted;
    if (wanted === undefined || fold(wanted.channel) !== fold(channel)) return undefined;
    this.#wanted = undefined;
    return wanted.id;
  }
}

function read(): { readonly channel: string; readonly id: string } | undefined {
  try {
    const [, channel, id] = /^(#[^\s,]+),message=([^\s,]+)$/.exec(decodeURIComponent(location.hash)) ?? [];
    return channel === undefined || id === undefined ? undefined : { channel, id };
  } catch {
    return undefined;
  }
}

/** A click on a link to this chat stays in this page, as a new tab would have to join again. */
export function installChatLinks(onOpen: () => void): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link === null || !isPlain || !document.body.classList.contains("joined")) return;
    if (link.origin !== location.origin || link.pathname !== `${basePath}join` || link.hash === "") return;
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    onOpen();
  });
}
