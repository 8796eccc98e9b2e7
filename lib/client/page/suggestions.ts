/** The list above the message box of what could be meant; the keyboard stays in the box. */
/// <reference lib="dom" />
import { plain } from "../text/plain.ts";
import type { Completion } from "./completion.ts";
import { byId, element } from "./element.ts";

const mostShown = 8;

/** Shows what could be meant, with the one at `at` marked; none hides the list. */
export function drawSuggestions(
  found: readonly Completion[],
  at: number,
  choose: (at: number) => void,
): void {
  const list = byId("suggestions");
  const start = Math.max(0, Math.min(at - mostShown + 1, found.length - mostShown));
  const rows = found.slice(start, start + mostShown).map(({ label, help }, place) =>
    element(
      "li",
      {
        id: `suggestion-${start + place}`,
        role: "option",
        "aria-selected": String(start + place === at),
        mousedown: (event) => {
          event.preventDefault();
          choose(start + place);
        },
      },
      element("span", {}, plain(label)),
      ...(help === undefined ? [] : [element("small", {}, help)]),
    )
  );
  list.hidden = rows.length === 0;
  list.replaceChildren(...rows);
  const box = byId("box");
  if (at >= 0 && rows.length > 0) box.setAttribute("aria-activedescendant", `suggestion-${at}`);
  else box.removeAttribute("aria-activedescendant");
}
