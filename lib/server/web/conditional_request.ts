/**
 * Conditional and partial requests for content that never changes (RFC 9110 §13 and §14): which answer a GET or HEAD
 * request gets. Pure. Several ranges at once are answered with the whole content, as the RFC allows.
 */
import type { IncomingHttpHeaders } from "node:http";

/** The content that is asked for. */
export interface Representation {
  /** A strong entity tag, with its quotes. */
  readonly etag: string;
  /** Milliseconds since 1970; undefined if it is not known. */
  readonly modifiedMs?: number;
  /** Bytes. */
  readonly size: number;
}

/** The answer: its status, and the bytes of a 206, with both ends. */
export type Answer =
  | { readonly status: 200 | 304 | 412 | 416 }
  | { readonly status: 206; readonly first: number; readonly last: number };

/** The headers that matter. */
export interface ConditionalHeaders extends
  Pick<
    IncomingHttpHeaders,
    "if-match" | "if-none-match" | "if-modified-since" | "if-unmodified-since" | "range"
  > {
  readonly "if-range"?: string | string[] | undefined;
}

/** The answer to a GET or HEAD request, in the order of precedence of RFC 9110 §13.2.2. */
export function answerTo(headers: ConditionalHeaders, content: Representation, method = "GET"): Answer {
  const { etag, modifiedMs } = content;
  const match = headers["if-match"];
  if (match !== undefined) {
    if (!listed(match, etag, "strong")) return { status: 412 };
  } else if (isNewerThan(headers["if-unmodified-since"], modifiedMs)) return { status: 412 };
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined) {
    if (listed(noneMatch, etag, "weak")) return { status: 304 };
  } else if (isSameAge(headers["if-modified-since"], modifiedMs)) return { status: 304 };
  if (method !== "GET" || !isCurrent(headers["if-range"], content)) return { status: 200 };
  return partOf(headers.range, content.size);
}

/** Whether a request with If-None-Match has this content already. */
export function hasContent(headers: ConditionalHeaders, etag: string): boolean {
  return headers["if-none-match"] !== undefined && listed(headers["if-none-match"], etag, "weak");
}

/** An HTTP date; seconds are its smallest unit. */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** A tag, with "W/" if it is weak. Commas can be inside the quotes. */
const tagPattern = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Whether a list of entity tags has this one; "*" is every tag. Only the strong comparison leaves out weak tags. */
function listed(header: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (header.trim() === "*") return true;
  for (const [, weak, tag] of header.matchAll(tagPattern)) {
    if (tag === etag && (comparison === "weak" || weak === undefined)) return true;
  }
  return false;
}

/** A date that cannot be read is ignored. */
function isNewerThan(header: string | undefined, modifiedMs: number | undefined): boolean {
  const limit = Date.parse(header ?? "");
  return modifiedMs !== undefined && seconds(modifiedMs) > seconds(limit);
}

function isSameAge(header: string | undefined, modifiedMs: number | undefined): boolean {
  const known = Date.parse(header ?? "");
  return modifiedMs !== undefined && seconds(modifiedMs) <= seconds(known);
}

/** Whether If-Range names this content, so that Range counts. A date must be the same one. */
function isCurrent(header: string | string[] | undefined, { etag, modifiedMs }: Representation): boolean {
  if (header === undefined) return true;
  const text = String(header).trim();
  if (/^(?:W\/)?"/.test(text)) return text === etag;
  return modifiedMs !== undefined && seconds(Date.parse(text)) === seconds(modifiedMs);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** The part that a Range header asks for (RFC 9110 §14.2). Other units, several ranges and bad syntax count as none. */
function partOf(header: string | undefined, size: number): Answer {
  const [, from = "", to = ""] = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (from === "" && to === "") return { status: 200 };
  if (from !== "" && to !== "" && Number(to) < Number(from)) return { status: 200 };
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return first > last || first >= size ? { status: 416 } : { status: 206, first, last };
}
