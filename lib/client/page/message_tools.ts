/** What can be done with one message, as a toolbar on it. */
/// <reference lib="dom" />
import type { State } from "../core/state.ts";
import { fold } from "../../irc/names.ts";
import { element } from "./element.ts";
import { icon } from "./icon.ts";
import type { Entry } from "./timeline.ts";

/** An entry that somebody said. */
export type SaidEntry = Extract<Entry, { kind: "said" }>;

/** What can be done with a message. */
export interface MessageActs {
  readonly reply: (entry: SaidEntry) => void;
  readonly react: (entry: SaidEntry, emoji: string) => void;
  /** Opens the emoji picker beside an element. */
  readonly pick: (entry: SaidEntry, beside: HTMLElement) => void;
  readonly redact: (entry: SaidEntry) => void;
}

const quick = ["👍", "❤️", "😂"];

/** The toolbar of a message. */
export function messageTools(
  state: State,
  entry: SaidEntry,
  { reply, react, pick, redact }: MessageActs,
): HTMLElement {
  const tool = (label: string, sign: string | Node, click: (event: Event) => void) =>
    element("button", { type: "button", "aria-label": label, title: label, click }, sign);
  const tools = element("div", { class: "acts", role: "toolbar", "aria-label": "Message" });
  if (state.caps.has("message-tags")) {
    for (const emoji of quick) tools.append(tool(`React ${emoji}`, emoji, () => react(entry, emoji)));
    tools.append(tool(
      "React with another emoji",
      icon("react"),
      (event) => pick(entry, event.currentTarget as HTMLElement),
    ));
    tools.append(tool("Reply", icon("reply"), () => reply(entry)));
  }
  const mayRedact = entry.said.own || /[~&@]/.test(ownRanks(state, entry.said.buffer));
  if (mayRedact && state.caps.has("draft/message-redaction")) {
    tools.append(takeBack(() => redact(entry)));
  }
  return tools;
}

/** The first click asks, the second does it; whoever turns away has said no. A double click is one click. */
function takeBack(act: () => void): HTMLButtonElement {
  const ask = (isAsked: boolean) => {
    const words = isAsked ? "Take back?" : "Take back";
    button.replaceChildren(isAsked ? words : icon("remove"));
    button.ariaLabel = button.title = words;
    button.classList.toggle("asked", isAsked);
  };
  const button = element("button", {
    type: "button",
    click: (event) => {
      if (!button.classList.contains("asked")) ask(true);
      else if (!(event instanceof MouseEvent) || event.detail < 2) act();
    },
    blur: () => ask(false),
    mouseleave: () => ask(false),
    keydown: (event) => {
      if (event instanceof KeyboardEvent && event.key === "Escape") ask(false);
    },
  });
  ask(false);
  return button;
}

function ownRanks(state: State, buffer: string): string {
  return state.buffers.get(fold(buffer))?.members.get(fold(state.nick))?.ranks ?? "";
}
