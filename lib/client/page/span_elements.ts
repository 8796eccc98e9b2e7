/** Styled spans and colours → elements. Every text is made harmless by lib/client/text before; links open in a new tab. */
/// <reference lib="dom" />
import type { Span } from "../text/formatting.ts";
import { type Ink, nickShades, roleShades, shadeOf } from "../text/palette.ts";
import { element } from "./element.ts";

const flags = ["bold", "italic", "underline", "strike", "mono", "reverse", "dim"] as const;
/** What a picture's address ends with; only those on our own server are shown in place. */
const pictures = /\.(?:png|jpe?g|gif|webp|avif)$/i;

let fileOrigin = location.origin;

/** Says where our server's files are to be had, when it calls itself by another name than the page was reached by. */
export function trustFiles(url: string | undefined): void {
  fileOrigin = URL.parse(url ?? "")?.origin ?? location.origin;
}

/** Whether it is a file that was shared on our server. */
export function isOurFile({ origin, pathname }: URL): boolean {
  return [location.origin, fileOrigin].includes(origin) && pathname.startsWith("/files/");
}

/** Gives every ink a custom property, for both themes. */
export function installInks(): void {
  const { style } = document.documentElement;
  const inks = [...Object.keys(roleShades), ...nickShades.map((_, at) => `nick-${at}`)] as Ink[];
  for (const ink of inks) {
    const shade = shadeOf(ink);
    if (shade) style.setProperty(`--ink-${ink}`, `light-dark(${shade.light}, ${shade.dark})`);
  }
}

/** The CSS colour of an ink. */
export function cssColor(ink: Ink): string {
  return ink.startsWith("#") ? ink : `var(--ink-${ink})`;
}

/** Spans as nodes. */
export function paint(spans: readonly Span[]): Node[] {
  return spans.flatMap((span) => span.link === undefined ? [paintSpan(span)] : paintLink(span, span.link));
}

function paintSpan(span: Span): HTMLElement {
  const made = element(
    "span",
    { class: flags.filter((flag) => span[flag]).join(" ") || undefined },
    span.text,
  );
  if (span.ink) made.style.color = cssColor(span.ink);
  if (span.paper) made.style.backgroundColor = cssColor(span.paper);
  return made;
}

function paintLink(span: Span, address: string): Node[] {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return [paintSpan(span)];
  const link = element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, span.text);
  if (!isOurFile(url) || !pictures.test(url.pathname)) return [link];
  return [
    link,
    element("img", {
      src: url.pathname,
      alt: decodeURIComponent(url.pathname.split("/").at(-1) ?? ""),
      loading: "lazy",
    }),
  ];
}
