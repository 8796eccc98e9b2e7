/** The page's dialogs: searching what was said, and having an account. */
/// <reference lib="dom" />
import { plain, plainName } from "../client/plain.ts";
import { element } from "./element.ts";
import type { SaidEvent } from "./timeline.ts";

/** Opens a dialog with a title; it removes itself when closed. */
function openDialog(title: string, ...children: Node[]): HTMLDialogElement {
  const dialog = element("dialog", { "aria-label": title }, ...children);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks for words and shows who said them where; a click on one goes there. */
export function openSearch(
  search: (words: string) => Promise<readonly SaidEvent[]>,
  go: (said: SaidEvent) => void,
): void {
  const words = element("input", {
    type: "search",
    placeholder: "Words that were said",
    "aria-label": "Search for",
    required: true,
  });
  const results = element("div", { id: "results", role: "list" });
  const fault = element("output", { role: "status" });
  const form = element(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        fault.value = "Searching";
        search(words.value.trim()).then((found) => {
          fault.value = found.length === 0 ? "Nothing found" : "";
          results.replaceChildren(...found.map((said) =>
            result(said, () => {
              dialog.close();
              go(said);
            })
          ));
        }, (error) => fault.value = error instanceof Error ? error.message : String(error));
      },
    },
    element("h2", {}, "Search"),
    words,
    fault,
    results,
    element(
      "menu",
      {},
      element("button", { type: "button", click: () => dialog.close() }, "Close"),
      element("button", { type: "submit" }, "Search"),
    ),
  );
  const dialog = openDialog("Search", form);
}

function result(said: SaidEvent, go: () => void): HTMLElement {
  const when = new Date(said.at).toLocaleString();
  return element(
    "div",
    { role: "listitem" },
    element(
      "button",
      { type: "button", click: go },
      element("small", {}, `${when} · ${plainName(said.buffer)} `),
      element("strong", {}, `${plainName(said.from.nick)}: `),
      plain(said.text.split("\n")[0] ?? ""),
    ),
  );
}

/** What the account dialog can do. */
export interface AccountActs {
  readonly nick: string;
  /** "" without one. */
  readonly account: string;
  /** Why no account can be made here; "" when one can. */
  readonly fault: string;
  /** Rejects with a sentence. */
  readonly register: (password: string) => Promise<void>;
  readonly login: (name: string, password: string) => Promise<void>;
}

/** Registers the nick one has, or logs in to an account. */
export function openAccount({ nick, account, fault: cannot, register, login }: AccountActs): void {
  const name = element("input", {
    value: account || nick,
    autocomplete: "username",
    "aria-label": "Account",
    required: true,
  });
  const password = element("input", {
    type: "password",
    autocomplete: "current-password",
    "aria-label": "Password",
    placeholder: "Password",
    required: true,
  });
  const fault = element("output", { role: "status" });
  const act = (step: () => Promise<void>) => () => {
    if (!form.reportValidity()) return;
    fault.value = "…";
    step().then(
      () => dialog.close(),
      (error) => fault.value = error instanceof Error ? error.message : String(error),
    );
  };
  const words = account !== "" ? `You are logged in as ${plainName(account)}.` : cannot ||
    `Register to keep the name ${plainName(nick)}, your private messages and your rooms, on every device.`;
  const form = element(
    "form",
    { method: "dialog", submit: (event) => event.preventDefault() },
    element("h2", {}, "Account"),
    element("p", {}, words),
    name,
    password,
    fault,
    element(
      "menu",
      {},
      element("button", { type: "button", click: () => dialog.close() }, "Close"),
      element("button", { type: "button", click: act(() => login(name.value, password.value)) }, "Log in"),
      ...(account === "" && cannot === ""
        ? [
          element("button", {
            type: "submit",
            click: act(() => register(password.value)),
          }, `Register ${plainName(nick)}`),
        ]
        : []),
    ),
  );
  const dialog = openDialog("Account", form);
}
