/** The page's icons. index.html draws each once as a symbol, so that no emoji font is needed for buttons. */
/// <reference lib="dom" />

const svg = "http://www.w3.org/2000/svg";

/** The symbols of index.html that code uses. */
export type IconName = "reply" | "react" | "delete" | "link" | "close" | "file";

/** A picture without text: the button around it has a label. */
export function icon(name: IconName): SVGElement {
  const made = document.createElementNS(svg, "svg");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", `#icon-${name}`);
  made.append(use);
  return made;
}
