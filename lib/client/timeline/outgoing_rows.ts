/**
 * The rows of messages that the server has not confirmed, after all others: on their way, or unsent with buttons. A row
 * stays the same element while its message does not change.
 */
/// <reference lib="dom" />
import { fold } from "../../irc/names.ts";
import { memberColor } from "../text/nick_color.ts";
import { plain, plainName } from "../text/plain.ts";
import { outgoingIn, type OutgoingMessage } from "../state/outgoing.ts";
import type { State } from "../state/state.ts";
import { clock } from "./message_row.ts";
import { styleText } from "../text/style_text.ts";
import { element } from "../elements/element.ts";
import { cssColor, spanElements } from "../elements/span_elements.ts";

/** The actions of the buttons of an unsent message. */
export interface OutgoingActions {
  readonly retry: (message: OutgoingMessage) => void;
  readonly copy: (message: OutgoingMessage) => void;
  readonly discard: (message: OutgoingMessage) => void;
}

const words = {
  waiting: "Waiting for the connection…",
  sending: "Sending…",
  checking: "The connection was lost: checking whether this arrived…",
} as const;

/** The rows of one message area. */
export class OutgoingRows {
  readonly #actions: OutgoingActions;
  #elements = new Map<OutgoingMessage, HTMLElement>();
  /** The buffer that they are drawn for: elsewhere, a row names its target. */
  #buffer = "";

  constructor(actions: OutgoingActions) {
    this.#actions = actions;
  }

  /** The rows for a buffer. */
  of(state: State, buffer: string): HTMLElement[] {
    if (buffer !== this.#buffer) this.#elements.clear();
    this.#buffer = buffer;
    const elements = new Map<OutgoingMessage, HTMLElement>();
    for (const message of outgoingIn(state, buffer)) {
      elements.set(message, this.#elements.get(message) ?? this.#draw(state, buffer, message));
    }
    this.#elements = elements;
    return [...elements.values()];
  }

  #draw(state: State, buffer: string, message: OutgoingMessage): HTMLElement {
    const { target, manner, text, status } = message;
    const nick = element("span", { class: "nick" }, plainName(state.nick));
    nick.style.color = cssColor("own");
    const colorOf = (other: string) => memberColor(state, target, other);
    const isElsewhere = fold(target) !== fold(buffer);
    return element(
      "div",
      { class: `entry ${manner === "message" ? "" : manner} outgoing ${status}`, tabindex: "-1" },
      element("time", {}, clock.format(message.at)),
      element(
        "div",
        {},
        nick,
        element("span", { class: "text" }, ...spanElements(styleText(text, { own: state.nick, colorOf }))),
        element(
          "div",
          { class: "delivery", role: "status" },
          ...(isElsewhere ? [`To ${plainName(target)} · `] : []),
          ...(status === "unsent" ? this.#unsent(message) : [words[status]]),
        ),
      ),
    );
  }

  #unsent(message: OutgoingMessage): (Node | string)[] {
    const button = (label: string, act: (message: OutgoingMessage) => void) =>
      element("button", { type: "button", click: () => act(message) }, label);
    const { retry, copy, discard } = this.#actions;
    return [
      `Not sent: ${plain(message.reason)} `,
      button("Retry", retry),
      button("Copy", copy),
      button("Delete", discard),
    ];
  }
}
