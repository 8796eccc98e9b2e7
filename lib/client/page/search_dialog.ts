/** The search dialog: asks for words and lists the messages that contain them. A click on one goes there. */
/// <reference lib="dom" />
import type { MessageSearch } from "../core/message_search.ts";
import { excerpt, markedExcerpt } from "../text/excerpt.ts";
import { plainName } from "../text/plain.ts";
import { openDialog, showError, showStatus, statusLine } from "../elements/dialog.ts";
import { element } from "../elements/element.ts";
import { onKeyPress } from "../elements/key_press.ts";
import type { SaidEvent } from "../state/event.ts";

const resultLetters = 300;

/** The functions that the dialog calls, and the place of the search. */
export interface SearchParts {
  /** Throws an ActionError for words that cannot be read. */
  readonly start: (words: string) => MessageSearch;
  /** Shows the message that the person chooses. */
  readonly goTo: (said: SaidEvent) => void;
  /** The active channel or conversation, to limit the search; "" for none. */
  readonly place: string;
}

/** Opens it. */
export function openSearch({ start, goTo, place }: SearchParts): void {
  const words = element("input", {
    type: "search",
    placeholder: "Words to search for",
    "aria-label": "Words to search for",
    required: true,
  });
  const results = resultList();
  const status = statusLine();
  let search: MessageSearch | undefined;
  const goToResult = (said: SaidEvent) => {
    dialog.close();
    goTo(said);
  };
  const showPage = async (asked: MessageSearch, written: string) => {
    showStatus(status, "Searching…");
    older.hidden = true;
    const isFirst = written !== "";
    const found = await asked.next();
    if (asked !== search) return;
    const place = asked.onlyIn === undefined ? "" : plainName(asked.onlyIn);
    const none = `No messages found for ${excerpt(written, 100)}${place && ` in ${place} only`}`;
    showStatus(status, isFirst && found.length === 0 ? none : place && `Searched in ${place} only`);
    addResults(results, found, isFirst, { goTo: goToResult, search: asked });
    const hasMore = found.length > 0 && await asked.hasMore();
    if (asked === search) older.hidden = !hasMore;
  };
  const older = element("button", {
    type: "button",
    hidden: true,
    click: () => search && showPage(search, "").catch((error) => showError(status, error)),
  }, "Older results");
  const submit = async (event: Event) => {
    event.preventDefault();
    const written = words.value.trim();
    // Results of the search before would look like results of this one.
    results.replaceChildren();
    try {
      search = start(written);
      await showPage(search, written);
    } catch (error) {
      showError(status, error);
    }
  };
  const close = element("button", { type: "button", click: () => dialog.close() }, "Close");
  const menu = element("menu", {}, older, close, element("button", { type: "submit" }, "Search"));
  const title = element("h2", {}, "Search");
  const form = element("form", { submit }, title, words, examples(words, place), status, results, menu);
  onKeyPress(form, (event) => moveInResults(event, words, results));
  const dialog = openDialog("Search", form);
}

/** Lists messages that were found already. */
export function openResults(title: string, found: readonly SaidEvent[], shown: ShownResults): void {
  const results = resultList();
  addResults(results, found, true, {
    ...shown,
    goTo: (said) => {
      dialog.close();
      shown.goTo(said);
    },
  });
  const menu = element("menu", {}, element("button", { type: "submit" }, "Close"));
  const form = element("form", { method: "dialog" }, element("h2", {}, title), results, menu);
  onKeyPress(form, (event) => moveInResults(event, undefined, results));
  const dialog = openDialog(title, form);
}

/** Buttons that write a part of a search, so that people learn what they can write. */
function examples(words: HTMLInputElement, place: string): HTMLElement {
  const here = /\s/.test(place) ? `in:"${place}"` : `in:${place}`;
  const parts: readonly (readonly [part: string, help: string])[] = [
    ...(place === "" ? [] : [[here, "Only here"] as const]),
    ["from:", "Only messages of one person: from:ann"],
    ["after:", "Only from a day on: after:2026-01-31, after:yesterday, after:7d"],
    ["before:", "Only before a day: before:2026-01-31"],
    ["has:file", "Only with a file; also has:link, has:image, has:video, has:audio"],
    ['"…"', "Exactly these words, in this order"],
  ];
  const buttons = parts.map(([part, help]) =>
    element("button", { type: "button", title: help, click: () => writePart(words, part) }, plainName(part))
  );
  return element("div", { class: "examples", role: "group", "aria-label": "Limit the search" }, ...buttons);
}

function writePart(words: HTMLInputElement, part: string): void {
  words.focus();
  if (part === '"…"') {
    words.value = `"${words.value.trim()}"`;
    words.setSelectionRange(1, words.value.length - 1);
    return;
  }
  const before = words.value.trim();
  if (before.split(/\s+/).includes(part)) return;
  words.value = `${before === "" ? "" : `${before} `}${part}${part.endsWith(":") ? "" : " "}`;
}

/** The arrow keys go from the words to the results, and from one result to the next. */
function moveInResults(event: KeyboardEvent, words: HTMLElement | undefined, results: HTMLElement): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLElement)) return;
  const rows = [...results.querySelectorAll<HTMLButtonElement>("button:enabled")];
  const at = rows.findIndex((row) => row === event.target);
  if (at < 0 && (event.target !== words || step < 0)) return;
  event.preventDefault();
  (rows[at + step] ?? (at + step < 0 ? words : undefined))?.focus();
}

/** The functions of a list of results. */
export interface ShownResults {
  readonly goTo: (said: SaidEvent) => void;
  /** It marks the words that it found. */
  readonly search?: MessageSearch | undefined;
}

function resultList(): HTMLElement {
  return element("div", { class: "results", role: "list" });
}

/** The newest message comes first: people search for new messages more often. */
function addResults(
  list: HTMLElement,
  found: readonly SaidEvent[],
  isFirst: boolean,
  shown: ShownResults,
): void {
  const rows = found.toReversed().map((said) => resultRow(said, shown));
  if (isFirst) list.replaceChildren(...rows);
  else list.append(...rows);
}

/** A message was deleted: a result that shows it has no words any more, and leads nowhere. */
export function clearResult(id: string): void {
  for (
    const button of document.querySelectorAll<HTMLButtonElement>(`.results [data-id="${CSS.escape(id)}"]`)
  ) {
    button.replaceChildren("Message deleted");
    button.disabled = true;
  }
}

function resultRow(said: SaidEvent, { goTo, search }: ShownResults): HTMLElement {
  const when = new Date(said.at).toLocaleString();
  // A person is named once.
  const place = said.direct && !said.own ? "" : `· ${said.direct ? "to " : ""}${plainName(said.buffer)} `;
  const pieces = markedExcerpt(said.text, resultLetters, (text) => search?.foundIn(text) ?? []);
  return element(
    "div",
    { role: "listitem" },
    element(
      "button",
      { type: "button", click: () => goTo(said), "data-id": said.id },
      element("small", {}, `${when} ${place}`),
      element("strong", {}, `${plainName(said.from.nick)}: `),
      ...pieces.map((piece, at) => at % 2 === 0 ? piece : element("mark", {}, piece)),
    ),
  );
}
