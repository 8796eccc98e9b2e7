/** The account dialog: registers the own nick, or logs in to an account. */
/// <reference lib="dom" />
import { plainName } from "../text/plain.ts";
import { openDialog, showError, showStatus, statusLine } from "./dialog.ts";
import { element } from "./element.ts";

/** What the dialog shows and can do. */
export interface AccountDialogParts {
  readonly nick: string;
  /** The account that the person is logged in to; "" for none. */
  readonly account: string;
  /** Why nobody can register over this connection; "" when it is possible. */
  readonly registrationFault: string;
  /** Rejects with a sentence. */
  readonly register: (password: string) => Promise<void>;
  readonly login: (name: string, password: string) => Promise<void>;
}

/** Opens it. */
export function openAccount(parts: AccountDialogParts): void {
  const { nick, account, registrationFault, register, login } = parts;
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
  const status = statusLine();
  const act = (step: () => Promise<void>) => () => {
    if (!form.reportValidity()) return;
    showStatus(status, "Please wait…");
    step().then(
      () => dialog.close(),
      (error) => showError(status, error),
    );
  };
  const closeButton = element("button", { type: "button", click: () => dialog.close() }, "Close");
  const loginButton = element("button", {
    type: "button",
    click: act(() => login(name.value, password.value)),
  }, "Log in");
  const registerButton = element("button", {
    type: "submit",
    click: act(() => register(password.value)),
  }, `Register ${plainName(nick)}`);
  const canRegister = account === "" && registrationFault === "";
  const form = element(
    "form",
    { method: "dialog", submit: (event) => event.preventDefault() },
    element("h2", {}, "Account"),
    element("p", {}, explanation(parts)),
    name,
    password,
    status,
    element("menu", {}, closeButton, loginButton, ...(canRegister ? [registerButton] : [])),
  );
  const dialog = openDialog("Account", form);
}

function explanation({ nick, account, registrationFault }: AccountDialogParts): string {
  if (account !== "") return `You are logged in as ${plainName(account)}.`;
  if (registrationFault !== "") return registrationFault;
  return `Register the name ${
    plainName(nick)
  }: then only you can use it, and you keep your channels and private messages on all your devices.`;
}
