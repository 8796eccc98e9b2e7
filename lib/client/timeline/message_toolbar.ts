/** The toolbar of a message: react, reply, copy its link, delete it or the file that it shares. */
/// <reference lib="dom" />
import { isChannel, type State } from "../state/state.ts";
import { fold } from "../../irc/names.ts";
import { element } from "../elements/element.ts";
import { icon } from "../elements/icon.ts";
import { onKeyPress } from "../elements/key_press.ts";
import type { SaidEntry } from "./timeline_entry.ts";

/** The actions that a person can take on a message. */
export interface MessageActions {
  readonly reply: (entry: SaidEntry) => void;
  /** Adds or removes the own reaction. */
  readonly react: (entry: SaidEntry, emoji: string) => void;
  /** Opens the emoji picker beside an element. */
  readonly pickReaction: (entry: SaidEntry, beside: HTMLElement) => void;
  readonly deleteMessage: (entry: SaidEntry) => void;
  readonly copyLink: (entry: SaidEntry) => void;
  readonly deleteFile: (id: string) => void;
}

const quickReactions = ["👍", "❤️", "😂"];

/** The toolbar of one message. */
export function messageToolbar(
  state: State,
  entry: SaidEntry,
  { reply, react, pickReaction, deleteMessage, copyLink, deleteFile }: MessageActions,
): HTMLElement {
  const tool = (label: string, content: string | Node, click: (event: Event) => void) =>
    element("button", { type: "button", "aria-label": label, title: label, click }, content);
  const toolbar = element("div", { class: "message-tools", role: "toolbar", "aria-label": "Message" });
  if (state.caps.has("message-tags")) {
    for (const emoji of quickReactions) {
      toolbar.append(tool(`React with ${emoji}`, emoji, () => react(entry, emoji)));
    }
    toolbar.append(tool(
      "React with another emoji",
      icon("react"),
      (event) => pickReaction(entry, event.currentTarget as HTMLElement),
    ));
    toolbar.append(tool("Reply", icon("reply"), () => reply(entry)));
  }
  if (entry.said.id !== undefined && isChannel(state, entry.said.buffer)) {
    toolbar.append(tool("Copy the link", icon("link"), () => copyLink(entry)));
  }
  const canDelete = entry.said.own || /[~&@]/.test(ownRanks(state, entry.said.buffer));
  if (canDelete && state.caps.has("draft/message-redaction")) {
    toolbar.append(deleteButton("Delete", icon("delete"), () => deleteMessage(entry)));
  }
  const file = entry.said.own || state.isOperator ? sharedFile(state, entry) : undefined;
  if (file !== undefined) {
    toolbar.append(deleteButton("Delete the file", icon("file"), () => deleteFile(file)));
  }
  return toolbar;
}

/**
 * The first click asks for confirmation, the second one deletes. Leaving the button cancels. A double click counts
 * as one click.
 */
function deleteButton(name: string, picture: SVGElement, act: () => void): HTMLButtonElement {
  const show = (asks: boolean) => {
    const label = asks ? `${name}?` : name;
    button.replaceChildren(asks ? label : picture);
    button.ariaLabel = button.title = label;
    button.classList.toggle("asks", asks);
  };
  const button = element("button", {
    type: "button",
    click: (event) => {
      if (!button.classList.contains("asks")) show(true);
      else if (!(event instanceof MouseEvent) || event.detail < 2) act();
    },
    blur: () => show(false),
    mouseleave: () => show(false),
  });
  onKeyPress(button, (event) => {
    if (event.key === "Escape") show(false);
  });
  show(false);
  return button;
}

/** The id of the first file of this server in a message. Only a server with draft/FILEHOST is asked to delete one. */
function sharedFile(state: State, { said }: SaidEntry): string | undefined {
  const home = URL.parse(".", state.isupport.get("draft/FILEHOST"))?.href;
  const at = home === undefined ? -1 : said.text.indexOf(`${home}files/`);
  if (home === undefined || at < 0) return undefined;
  return /^[A-Za-z0-9_-]{22}(?![\w-])/.exec(said.text.slice(at + `${home}files/`.length))?.[0];
}

function ownRanks(state: State, buffer: string): string {
  return state.buffers.get(fold(buffer))?.members.get(fold(state.nick))?.ranks ?? "";
}
