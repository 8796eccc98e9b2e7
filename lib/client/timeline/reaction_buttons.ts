/** The reactions under a message, each with its number; a click adds or removes the own one. */
/// <reference lib="dom" />
import { isOwn, type State } from "../state/state.ts";
import { plain, plainName } from "../text/plain.ts";
import { element } from "../elements/element.ts";
import type { SaidEntry } from "./timeline.ts";

/** The buttons of one message. */
export function reactionButtons(
  state: State,
  { reactions }: SaidEntry,
  toggle: (emoji: string) => void,
): HTMLElement {
  const made = element("div", { class: "reactions" });
  for (const [emoji, people] of reactions) {
    const names = [...people].map(plainName).join(", ");
    made.append(element(
      "button",
      {
        type: "button",
        title: names,
        "aria-label": `${plain(emoji)} ${people.size}, by ${names}`,
        "aria-pressed": String([...people].some((nick) => isOwn(state, nick))),
        click: () => toggle(emoji),
      },
      `${plain(emoji)} ${people.size}`,
    ));
  }
  return made;
}
