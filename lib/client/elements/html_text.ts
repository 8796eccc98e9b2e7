/** The words of HTML from the clipboard or a drop, as plain text. It makes no elements, so nothing in it can run. Pure. */

import { withoutEnd } from "../text/text_ends.ts";

/** Elements whose content nobody sees. */
const unseen = new Set(["head", "script", "style", "template", "title"]);
/** Elements that begin and end a line. */
const blocks = new Set([
  ..."address article blockquote div dl dt dd h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul".split(
    " ",
  ),
]);
const cells = new Set(["td", "th"]);

/** Its words: a new line for each block, a tab between two cells. */
export function htmlText(html: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = indexOrEnd(html, "<", at);
    if (open > at) parts.push(html.slice(at, open).replace(/\s+/g, " "));
    if (html.startsWith("<!--", open)) {
      at = indexOrEnd(html, "-->", open) + "-->".length;
      continue;
    }
    at = indexOrEnd(html, ">", open) + 1;
    const [, slash = "", name = ""] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(html.slice(open, open + 16)) ?? [];
    const tag = name.toLowerCase();
    if (tag === "br" || (blocks.has(tag) && parts.at(-1) !== "\n")) parts.push("\n");
    if (cells.has(tag) && slash !== "") parts.push("\t");
    if (unseen.has(tag) && slash === "") at = endOf(html, tag, at);
  }
  const lines = parts.join("").split("\n").map((line) =>
    withoutEntities(withoutEnd(line.replace(/^ +/, ""), /[ \t]/))
  );
  return lines.filter((line, index) => line !== "" || (lines[index - 1] ?? "") !== "").join("\n").trim();
}

function indexOrEnd(html: string, part: string, from: number): number {
  const found = html.indexOf(part, from);
  return found < 0 ? html.length : found;
}

/** Where the element with this name, which begins before `from`, ends. */
function endOf(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}`, "gi");
  end.lastIndex = from;
  return end.exec(html)?.index ?? html.length;
}

const named: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  nbsp: " ",
  quot: '"',
};

function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
