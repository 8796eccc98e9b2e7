/** The lists on a narrow screen: a button shows one of them in place of the messages. */
/// <reference lib="dom" />
import { byId } from "../elements/element.ts";
import { onKeyPress } from "../elements/key_press.ts";

const panes = ["channels", "members"] as const;

/** One of the lists. */
export type Pane = typeof panes[number];

/** Makes the buttons work that show and hide the lists; Escape hides them too. */
export function installPanes(): void {
  for (const pane of panes) {
    const button = byId(`show-${pane}`);
    const close = () => {
      showPane(undefined);
      button.focus();
    };
    button.addEventListener("click", () => showPane(isOpen(pane) ? undefined : pane));
    byId(`hide-${pane}`).addEventListener("click", close);
    onKeyPress(document, (event) => {
      const isForAnother = document.querySelector("dialog[open], .picker") !== null;
      if (event.key === "Escape" && isOpen(pane) && !isForAnother) close();
    });
  }
}

/** Shows one list; undefined for the messages. */
export function showPane(shown: Pane | undefined): void {
  for (const pane of panes) {
    document.body.classList.toggle(pane, pane === shown);
    const button = byId(`show-${pane}`);
    for (const name of ["aria-expanded", "aria-pressed"]) button.setAttribute(name, String(pane === shown));
  }
}

function isOpen(pane: Pane): boolean {
  return document.body.classList.contains(pane);
}
