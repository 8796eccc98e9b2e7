/** The page's icons: drawn once as symbols in index.html, used by name. A machine needs no emoji font for the tools. */
/// <reference lib="dom" />

const svg = "http://www.w3.org/2000/svg";

/** The symbols of index.html that code uses. */
export type IconName = "reply" | "react" | "remove" | "close";

/** A picture without words; the button around it says what it does. */
export function icon(name: IconName): SVGElement {
  const made = document.createElementNS(svg, "svg");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", `#icon-${name}`);
  made.append(use);
  return made;
}
