/** The lists at both sides on a narrow screen, where one of them at a time stands in place of the messages. */
/// <reference lib="dom" />
import { byId } from "./element.ts";

const panes = ["rooms", "people"] as const;

/** One of the lists. */
export type Pane = typeof panes[number];

/** Makes the buttons work that open and close them; Escape closes too. */
export function installPanes(): void {
  for (const pane of panes) {
    const button = byId(`show-${pane}`);
    const close = () => {
      showPane(undefined);
      button.focus();
    };
    button.addEventListener("click", () => showPane(isOpen(pane) ? undefined : pane));
    byId(`hide-${pane}`).addEventListener("click", close);
    document.addEventListener("keydown", (event) => {
      const isTaken = document.querySelector("dialog[open], .picker") !== null;
      if (event.key === "Escape" && isOpen(pane) && !isTaken) close();
    });
  }
}

/** Shows one of them; undefined for the messages. */
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
