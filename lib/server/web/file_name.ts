/**
 * Names and types of shared files in the headers of uploads and downloads. Pure. People read a name; it is never used
 * as a path.
 */
import { cutText } from "../../irc/wrap.ts";

const maxLength = 120;
/** Only the end of a longer name is read: the time to trim a name grows with the square of its length. */
const maxRead = 1000;
/**
 * Types that a browser shows in place, and in which nothing can run. Other files are downloads without a type of their
 * own: scripts, modules, style sheets, documents and manifests would be a part of this site.
 */
const inlineTypes = /^(?:image\/(?:png|jpeg|gif|webp|avif)|audio\/[\w.-]+|video\/[\w.-]+|text\/plain)$/;
/** Lists of other addresses, which a browser would load. */
const playlistTypes = /mpegurl|scpls|playlist|\bxml\b/;

/** The name in a Content-Disposition header (RFC 6266), made safe; "file" if there is none. */
export function fileName(disposition: string | undefined): string {
  const [, extended] = /filename\*\s*=\s*UTF-8''([^;\s]+)/i.exec(disposition ?? "") ?? [];
  const [, quoted, bare] = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition ?? "") ?? [];
  const name = decoded(extended) ?? quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "";
  return cleanName(name);
}

/** The last part of a path, without characters that could mislead a person or the file system. */
export function cleanName(name: string): string {
  const last = name.split(/[/\\]/).at(-1)?.slice(-maxRead) ?? "";
  // Many spaces push the ending of a name out of sight.
  const clean = last.replace(/[\p{Cc}\p{Cf}\p{Cs}\u115f\u1160\u3164\uffa0<>:"|?*]/gu, "").replace(
    /[\s\u2800]+/g,
    " ",
  )
    .replace(/^[.\s]+|[.\s]+$/g, "");
  if (clean.length <= maxLength) return clean === "" ? "file" : clean;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(clean)?.[0] ?? "";
  return cutText(clean, maxLength - ending.length) + ending;
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A media type without its parameters; a malformed one becomes application/octet-stream. */
export function mediaType(header: string | undefined): string {
  const type = (header ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*$/.test(type) ? type : "application/octet-stream";
}

/** Whether a browser can show the type in place. */
function isInline(type: string): boolean {
  return inlineTypes.test(type) && !playlistTypes.test(type);
}

/**
 * Content-Type for a download: a type in which nothing can run. An upload has lost its charset, and a browser would read
 * text as Windows-1252.
 */
export function contentType(type: string): string {
  if (type === "text/plain") return "text/plain; charset=utf-8";
  return isInline(type) ? type : "application/octet-stream";
}

/** The uses of a file as a part of a page (Sec-Fetch-Dest), which no file of a person has. */
const pageParts =
  /^(?:script|style|(?:shared|service)?worker|(?:audio|paint)worklet|manifest|xslt|report|json|webidentity|i?frame|embed|object)$/;

/** Whether a browser says that it loads the file to run it, to apply it, or as a part of a page. */
export function isPagePart(destination: string | string[] | undefined): boolean {
  return pageParts.test(String(destination ?? ""));
}

/** Content-Disposition for a download: shown in place if the type is safe, otherwise saved with its name. */
export function disposition(name: string, type: string): string {
  const kind = isInline(type) ? "inline" : "attachment";
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${
    encodeURIComponent(name).replace(/['()*]/g, escapeCharacter)
  }`;
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
