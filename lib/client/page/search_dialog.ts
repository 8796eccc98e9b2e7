/** The search dialog: asks for words and lists the messages that contain them. A click on one goes there. */
/// <reference lib="dom" />
import type { MessageSearch } from "../core/message_search.ts";
import { excerpt } from "../text/excerpt.ts";
import { plainName } from "../text/plain.ts";
import { openDialog, showError, showStatus, statusLine } from "../elements/dialog.ts";
import { element } from "../elements/element.ts";
import type { SaidEvent } from "../state/event.ts";

const resultLetters = 300;

/** Opens it; `goTo` shows the message that the person clicks. */
export function openSearch(
  start: (words: string) => MessageSearch,
  goTo: (said: SaidEvent) => void,
): void {
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
  const showPage = async (asked: MessageSearch, isFirst: boolean) => {
    showStatus(status, "Searching…");
    older.hidden = true;
    const found = await asked.next();
    if (asked !== search) return;
    showStatus(status, isFirst && found.length === 0 ? "No messages found" : "");
    addResults(results, found, isFirst, goToResult);
    const hasMore = found.length > 0 && await asked.hasMore();
    if (asked === search) older.hidden = !hasMore;
  };
  const older = element("button", {
    type: "button",
    hidden: true,
    click: () => search && showPage(search, false).catch((error) => showError(status, error)),
  }, "Older results");
  const form = element(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        search = start(words.value.trim());
        showPage(search, true).catch((error) => showError(status, error));
      },
    },
    element("h2", {}, "Search"),
    words,
    status,
    results,
    element(
      "menu",
      {},
      older,
      element("button", { type: "button", click: () => dialog.close() }, "Close"),
      element("button", { type: "submit" }, "Search"),
    ),
  );
  const dialog = openDialog("Search", form);
}

/** Lists messages that were found already. */
export function openResults(
  title: string,
  found: readonly SaidEvent[],
  goTo: (said: SaidEvent) => void,
): void {
  const results = resultList();
  addResults(results, found, true, (said) => {
    dialog.close();
    goTo(said);
  });
  const menu = element("menu", {}, element("button", { type: "submit" }, "Close"));
  const form = element("form", { method: "dialog" }, element("h2", {}, title), results, menu);
  const dialog = openDialog(title, form);
}

function resultList(): HTMLElement {
  return element("div", { class: "results", role: "list" });
}

/** The newest message comes first: people search for new messages more often. */
function addResults(
  list: HTMLElement,
  found: readonly SaidEvent[],
  isFirst: boolean,
  goTo: (said: SaidEvent) => void,
): void {
  const rows = found.toReversed().map((said) => resultRow(said, () => goTo(said)));
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

function resultRow(said: SaidEvent, click: () => void): HTMLElement {
  const when = new Date(said.at).toLocaleString();
  // A person is named once.
  const place = said.direct && !said.own ? "" : `· ${said.direct ? "to " : ""}${plainName(said.buffer)} `;
  return element(
    "div",
    { role: "listitem" },
    element(
      "button",
      { type: "button", click, "data-id": said.id },
      element("small", {}, `${when} ${place}`),
      element("strong", {}, `${plainName(said.from.nick)}: `),
      excerpt(said.text, resultLetters),
    ),
  );
}
