/**
 * Styled spans and colours → elements. lib/client/text has made every text harmless before; links open in a new tab.
 */
/// <reference lib="dom" />
import type { Span } from "../text/formatting.ts";
import { nickShades, roleShades, shadeOf, type TextColor } from "../text/palette.ts";
import { boundedSpans } from "../text/style_text.ts";
import { basePath } from "./base_path.ts";
import { element } from "./element.ts";

const flags = ["bold", "italic", "underline", "strike", "mono", "reverse", "dim"] as const;
/** The endings of picture addresses. Only pictures on our own server are shown. */
const pictures = /\.(?:png|jpe?g|gif|webp|avif)$/i;

const pageAddress = location.origin + basePath;
/** The address of the page in the settings of the server; files have addresses in it. */
let serverAddress = pageAddress;

/** Sets the address for uploads: the server's own name can differ from the name in the address of the page. */
export function trustFiles(uploadUrl: string | undefined): void {
  serverAddress = URL.parse(".", uploadUrl ?? "")?.href ?? pageAddress;
}

/** The path on this site of a file that somebody shared on our server; undefined for other addresses. */
export function sharedFilePath({ href }: URL): string | undefined {
  for (const address of [pageAddress, serverAddress]) {
    if (href.startsWith(`${address}files/`)) return basePath + href.slice(address.length);
  }
  return undefined;
}

/** Defines every colour as a CSS variable, for both themes. */
export function installInks(): void {
  const { style } = document.documentElement;
  const colors = [...Object.keys(roleShades), ...nickShades.map((_, at) => `nick-${at}`)] as TextColor[];
  for (const color of colors) {
    const shade = shadeOf(color);
    if (shade) style.setProperty(`--color-${color}`, `light-dark(${shade.light}, ${shade.dark})`);
  }
}

/** The CSS value of a colour. */
export function cssColor(color: TextColor): string {
  return color.startsWith("#") ? color : `var(--color-${color})`;
}

/** The most pictures that one message shows; other addresses stay links. */
const maxPictures = 20;

/** Spans as elements; of very many, the last has the rest of the text. */
export function spanElements(spans: readonly Span[]): Node[] {
  let picturesLeft = maxPictures;
  return boundedSpans(spans).flatMap((span) => {
    if (span.link === undefined) return [spanElement(span)];
    const [link, picture] = linkElements(span, span.link);
    if (picture === undefined || picturesLeft === 0) return [link];
    picturesLeft--;
    return [link, picture];
  });
}

function spanElement(span: Span): HTMLElement {
  const made = element(
    "span",
    { class: flags.filter((flag) => span[flag]).join(" ") || undefined },
    span.text,
  );
  if (span.color) made.style.color = cssColor(span.color);
  if (span.background) made.style.backgroundColor = cssColor(span.background);
  return made;
}

function linkElements(span: Span, address: string): [Node, Node?] {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return [spanElement(span)];
  const link = element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, span.text);
  const path = sharedFilePath(url);
  if (path === undefined || !pictures.test(url.pathname)) return [link];
  return [
    link,
    element("img", {
      src: path,
      alt: fileName(url),
      loading: "lazy",
    }),
  ];
}

/** The last part of an address in letters; as it is written when it is not UTF-8. */
function fileName({ pathname }: URL): string {
  const written = pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
