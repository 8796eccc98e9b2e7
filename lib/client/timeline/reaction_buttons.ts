/** The reactions under a message, each with its number; a click adds or removes the own one. */
/// <reference lib="dom" />
import type { State } from "../state/state.ts";
import { plain, plainName } from "../text/plain.ts";
import { element } from "../elements/element.ts";
import { foldable, type Unfolded } from "../elements/foldable.ts";
import { includesUs, type ReactingPeople } from "./reacting_people.ts";
import type { SaidEntry } from "./timeline_entry.ts";

/** This many buttons before the person unfolds the others. */
const maxButtons = 20;
/** This many names in the title of a button. */
const maxNames = 30;

/** The actions of the buttons, and the unfolded parts of the row. */
export interface ReactionActions {
  readonly toggle: (emoji: string) => void;
  readonly unfolded: Unfolded;
}

/** The buttons of one message. */
export function reactionButtons(
  state: State,
  { key, reactions }: SaidEntry,
  { toggle, unfolded }: ReactionActions,
): HTMLElement[] {
  const buttons = (shown: number) =>
    element(
      "div",
      { class: "reactions" },
      ...[...reactions].slice(0, shown).map(([emoji, people]) =>
        reactionButton(state, emoji, people, () => toggle(emoji))
      ),
    );
  if (reactions.size <= maxButtons) return [buttons(maxButtons)];
  return foldable(unfolded, {
    key: `reactions ${key}`,
    folded: () => buttons(maxButtons),
    whole: () => buttons(reactions.size),
    more: `and ${reactions.size - maxButtons} more`,
    less: "Show fewer",
  });
}

function reactionButton(
  state: State,
  emoji: string,
  people: ReactingPeople,
  click: () => void,
): HTMLElement {
  const named = [...people.keys()].slice(0, maxNames).map(plainName).join(", ");
  const names = people.size > maxNames ? `${named} and ${people.size - maxNames} more` : named;
  return element("button", {
    type: "button",
    title: names,
    "aria-label": `${plain(emoji)} ${people.size}, by ${names}`,
    "aria-pressed": String(includesUs(state, people)),
    click,
  }, `${plain(emoji)} ${people.size}`);
}
