/**
 * Decides whether a paste or a drop means words or files. Programs give the same thing in several forms: an office
 * program adds a picture of copied cells to their words, a browser adds the address of a copied picture, a file manager
 * adds the paths of the files. Pure.
 */
import { htmlText } from "./html_text.ts";

/** The part of DataTransfer that is used. */
export interface Transfer {
  readonly items: ArrayLike<TransferItem>;
  getData(type: string): string;
}

/** The part of DataTransferItem that is used. */
export interface TransferItem {
  readonly kind: string;
  getAsFile(): File | null;
  /** Only browsers whose items know folders have it; null for a file of the clipboard. */
  webkitGetAsEntry?(): { readonly isDirectory: boolean; readonly name: string } | null;
}

/** Its content. */
export interface TransferContent {
  /** The words; "" when the files count. */
  readonly text: string;
  /** The files; none when the words count. */
  readonly files: readonly File[];
  /** The names of folders: a browser gives no files for them. */
  readonly folders: readonly string[];
  /** There are only paths of files, which the browser did not read. */
  readonly isWithheld: boolean;
}

/** The content of a paste or a drop. Call it while its event is handled: the items are empty afterwards. */
export function transferContent(transfer: Transfer): TransferContent {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === "file");
  const folders = items.map((item) => item.webkitGetAsEntry?.()).filter((entry) =>
    entry?.isDirectory === true
  )
    .map((entry) => entry?.name ?? "");
  const files = items.filter((item) => item.webkitGetAsEntry?.()?.isDirectory !== true)
    .map((item) => item.getAsFile()).filter((file) => file !== null);
  const html = htmlText(transfer.getData("text/html"));
  const links = linesOf(transfer.getData("text/uri-list")).filter((line) => !line.startsWith("#"));
  const plain = transfer.getData("text/plain");
  const words = plain.trim() !== "" ? plain : html || links.filter((link) => !isPath(link)).join("\n");
  if (files.length + folders.length === 0) {
    const isWithheld = links.length > 0 && links.every(isPath);
    return { text: isWithheld ? "" : words, files, folders, isWithheld };
  }
  const names = [...files.map(({ name }) => name), ...folders];
  const isPicture = folders.length === 0 && files.every(({ type }) => type.startsWith("image/"));
  const isText = isPicture ? !isAboutPicture(plain, html, names) : !isAboutFiles(words, names);
  return isText
    ? { text: words, files: [], folders: [], isWithheld: false }
    : { text: "", files, folders, isWithheld: false };
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
}

function isPath(link: string): boolean {
  return /^file:/i.test(link);
}

/** Whether the words are only the names or paths of the files. */
function isAboutFiles(words: string, names: readonly string[]): boolean {
  const known = new Set(names);
  return linesOf(words).every((line) => {
    const last = line.split(/[/\\]/).at(-1) ?? "";
    return known.has(last) || known.has(decoded(last));
  });
}

/**
 * Whether the person copied a picture: its form in HTML has no words, and its form in words is at most its address or
 * its name.
 */
function isAboutPicture(plain: string, html: string, names: readonly string[]): boolean {
  if (html !== "") return isAboutFiles(html, names) && isAboutFiles(plain, names);
  return isAboutFiles(plain, names) || linesOf(plain).every((line) => addressOrPath.test(line));
}

/** The address of a picture, or the path to which a screenshot program has saved it. */
const addressOrPath =
  /^(?:(?:https?|data|blob):\S+|(?:file:|~?\/|[a-z]:\\).*\.(?:png|jpe?g|gif|webp|avif|bmp|tiff?))$/i;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
