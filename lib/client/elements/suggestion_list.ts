/** The list of suggestions above the message box. The keyboard focus stays in the box. */
/// <reference lib="dom" />
import { plain } from "../text/plain.ts";
import type { Candidate } from "../slash/completion.ts";
import { byId, element } from "./element.ts";

const maxShown = 8;

/** Shows the suggestions, with the one at `selected` marked (-1: none); an empty list hides it. */
export function drawSuggestions(
  found: readonly Candidate[],
  selected: number,
  choose: (at: number) => void,
): void {
  const list = byId("suggestions");
  const start = Math.max(0, Math.min(selected - maxShown + 1, found.length - maxShown));
  const rows = found.slice(start, start + maxShown).map((completion, at) =>
    suggestionRow(completion, start + at, selected, choose)
  );
  list.hidden = rows.length === 0;
  list.replaceChildren(...rows);
  const box = byId("box");
  if (selected >= 0 && rows.length > 0) box.setAttribute("aria-activedescendant", `suggestion-${selected}`);
  else box.removeAttribute("aria-activedescendant");
}

function suggestionRow(
  { label, help }: Candidate,
  at: number,
  selected: number,
  choose: (at: number) => void,
): HTMLElement {
  return element(
    "li",
    {
      id: `suggestion-${at}`,
      role: "option",
      "aria-selected": String(at === selected),
      mousedown: (event) => {
        // The focus stays in the message box.
        event.preventDefault();
        choose(at);
      },
    },
    element("span", {}, plain(label)),
    ...(help === undefined ? [] : [element("small", {}, help)]),
  );
}
