/**
 * Reads the text of a search box: words, and operators such as from:ann, in:#tea, before:2026-01-31 and has:file. An
 * unknown operator is a word. Both clients turn the operators into parameters of SEARCH; the server reads them too,
 * in the text of other clients. Pure.
 */

import { type ContentKind, contentKinds } from "./message_contents.ts";
import { type DateContext, parseDate } from "./search_dates.ts";

/** A search as it was meant. */
export interface WrittenSearch {
  /** The words, with their quotes; "" if there are none. */
  readonly text: string;
  /** A channel, or the person of a conversation. */
  readonly in?: string;
  readonly from?: string;
  /** The first and the last millisecond since 1970, both included. */
  readonly after?: number;
  readonly before?: number;
  readonly has: readonly ContentKind[];
  /** Why the search cannot run: a sentence for people. */
  readonly problem?: string;
}

/** The operators, with an example for help texts and completions. */
export const searchOperators: readonly (readonly [name: string, example: string])[] = [
  ["from:", "from:ann"],
  ["in:", "in:#tea"],
  ["after:", "after:2026-01-31"],
  ["before:", "before:yesterday"],
  ["on:", "on:today"],
  ["has:", "has:file"],
];

const quotes = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02';
/** An operator at the start of a word, with a value that can be in quotes; or a phrase in quotes, or a word. */
const part = new RegExp(
  `(?<!\\S)(?:(from|in|after|since|before|until|on|during|has)[:\uff1a](?:[${quotes}]([^${quotes}]+)[${quotes}]?|([^\\s${quotes}]\\S*))(?!\\S)` +
    `|[${quotes}](?:[^${quotes}]|[${quotes}](?=[\\p{L}\\p{N}]))*[${quotes}]?|\\S+)`,
  "giu",
);

const contentNames: Readonly<Record<string, ContentKind>> = {
  attachment: "file",
  upload: "file",
  url: "link",
  address: "link",
  picture: "image",
  photo: "image",
  img: "image",
  sound: "audio",
  music: "audio",
};

/** Reads what a person wrote. */
export function parseSearch(written: string, context: DateContext): WrittenSearch {
  const words: string[] = [];
  let search: WrittenSearch = { text: "", has: [] };
  for (const { 0: whole, 1: name, 2: quoted, 3: bare } of written.matchAll(part)) {
    const value = (quoted ?? bare ?? "").trim();
    if (name === undefined || value === "") words.push(whole);
    else search = withOperator(search, name.toLowerCase(), value, context);
  }
  return { ...search, text: words.join(" ") };
}

/** The sentence for a date that nobody understands. */
export function dateProblem(value: string): string {
  return `Cannot read the date "${value}": write 2026-01-31, 31 jan 2026, yesterday, monday or 7d`;
}

function withOperator(
  search: WrittenSearch,
  name: string,
  value: string,
  context: DateContext,
): WrittenSearch {
  if (name === "has") return value.split(",").filter((one) => one !== "").reduce(withContent, search);
  if (name === "from" || name === "in") {
    const known = search[name];
    const meant = value.replace(/^@(?=[^#])/, "");
    if (meant.includes(",")) return withProblem(search, `Write one name after "${name}:"`);
    if (known === undefined || known === meant) return { ...search, [name]: meant };
    return withProblem(search, `A search can have one "${name}:" only`);
  }
  const span = parseDate(value, context);
  if (span === undefined) return withProblem(search, dateProblem(value));
  const isAfter = name === "after" || name === "since";
  const isBefore = name === "before" || name === "until";
  const first = isBefore ? -Infinity : span.start;
  const last = isAfter ? Infinity : isBefore ? span.start - 1 : span.end - 1;
  const after = Math.max(search.after ?? -Infinity, first);
  const before = Math.min(search.before ?? Infinity, last);
  return {
    ...search,
    ...(after !== -Infinity && { after }),
    ...(before !== Infinity && { before: Math.max(0, before) }),
  };
}

function withContent(search: WrittenSearch, value: string): WrittenSearch {
  const name = value.toLowerCase();
  const kind = [name, name.replace(/s$/, "")].map((one) =>
    contentNames[one] ?? contentKinds.find((known) => known === one)
  ).find((one) => one !== undefined);
  if (kind === undefined) {
    const names = `${contentKinds.slice(0, -1).join(", ")} or ${contentKinds.at(-1)}`;
    return withProblem(search, `Cannot search for has:${value}: write ${names} after "has:"`);
  }
  return { ...search, has: [...new Set([...search.has, kind])] };
}

/** The first problem is shown. */
function withProblem(search: WrittenSearch, problem: string): WrittenSearch {
  return { problem, ...search };
}
