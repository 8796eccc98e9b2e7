/** The page's dialogs: searching what was said, having an account, and passwords that are asked for. */
/// <reference lib="dom" />
import { plain, plainName } from "../text/plain.ts";
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
  const results = resultList();
  const fault = element("output", { role: "status" });
  const form = element(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        fault.value = "Searching";
        search(words.value.trim()).then((found) => {
          fault.value = found.length === 0 ? "Nothing found" : "";
          fillResults(results, found, (said) => {
            dialog.close();
            go(said);
          });
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

/** Shows messages under a title; a click on one goes there. */
export function openFound(
  title: string,
  found: readonly SaidEvent[],
  go: (said: SaidEvent) => void,
): void {
  const results = resultList();
  fillResults(results, found, (said) => {
    dialog.close();
    go(said);
  });
  const menu = element("menu", {}, element("button", { type: "submit" }, "Close"));
  const form = element("form", { method: "dialog" }, element("h2", {}, title), results, menu);
  const dialog = openDialog(title, form);
}

function resultList(): HTMLElement {
  return element("div", { class: "results", role: "list" });
}

/** The newest first, as it is what is mostly looked for. */
function fillResults(list: HTMLElement, found: readonly SaidEvent[], go: (said: SaidEvent) => void): void {
  list.replaceChildren(...found.toReversed().map((said) => result(said, () => go(said))));
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

/** Asks for a password until `fault` has nothing to say against it; "" when the person closes the dialog. */
export function askSecret(question: string, fault: (written: string) => string = () => ""): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const password = element("input", { type: "password", "aria-label": question, required: true });
  const complaint = element("output", { role: "status" });
  const form = element(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        complaint.value = fault(password.value);
        if (complaint.value !== "") return;
        resolve(password.value);
        dialog.close();
      },
    },
    element("h2", {}, question),
    password,
    complaint,
    element(
      "menu",
      {},
      element("button", { type: "button", click: () => dialog.close() }, "Cancel"),
      element("button", { type: "submit" }, "Go on"),
    ),
  );
  const dialog = openDialog(question, form);
  dialog.addEventListener("close", () => resolve(""));
  return promise;
}
