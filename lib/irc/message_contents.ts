/** Finds the shared files and addresses in a message, for searches such as has:file. Pure. */

/** A kind of content; a shared picture is a file and an image. */
export type ContentKind = "file" | "link" | "image" | "video" | "audio";

/** The kinds, in the order in which people are told of them. */
export const contentKinds: readonly ContentKind[] = ["file", "link", "image", "video", "audio"];

const address = /\bhttps?:\/\/[^\s/?#]+(\S*)/giu;
/**
 * The path of an uploaded file: "/files/ID/NAME" (server/chat/shared_files.ts), also below a path of a proxy, and
 * "/uploads/NAME" on soju.
 */
const uploaded = /\/files\/[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])|^\/uploads\//;
const endings: readonly (readonly [ContentKind, RegExp])[] = [
  ["image", /\.(?:png|jpe?g|gif|webp|avif|svg|bmp|heic|tiff?|jxl|ico)$/iu],
  ["video", /\.(?:mp4|webm|mov|mkv|m4v|avi|ogv)$/iu],
  ["audio", /\.(?:mp3|ogg|opus|oga|flac|wav|m4a|aac|weba)$/iu],
];

/** The kinds of content in the text of a message. An address that is no uploaded file is a link. */
export function contentsOf(text: string): Set<ContentKind> {
  const found = new Set<ContentKind>();
  if (!text.includes("://")) return found;
  for (const [, rest = ""] of text.matchAll(address)) {
    const path = withoutPunctuation(rest.replace(/[?#].*$/su, ""));
    found.add(uploaded.test(path) ? "file" : "link");
    for (const [kind, ending] of endings) if (ending.test(path)) found.add(kind);
  }
  return found;
}

/** A path without the end of the sentence or the bracket around its address. */
function withoutPunctuation(path: string): string {
  let end = path.length;
  while (end > 0 && ")]}>.,;:!'\"".includes(path[end - 1] ?? " ")) end--;
  return path.slice(0, end);
}
