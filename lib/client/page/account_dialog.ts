/** The account dialog: registers the own nick, or logs in to an account. */
/// <reference lib="dom" />
import { plainName } from "../text/plain.ts";
import { openDialog, showError, showStatus, statusLine } from "../elements/dialog.ts";
import { element } from "../elements/element.ts";

/** The values and actions of the dialog. */
export interface AccountDialogParts {
  readonly nick: string;
  /** The account that the person is logged in to; "" for none. */
  readonly account: string;
  /** Why nobody can register over this connection; "" when it is possible. */
  readonly registrationFault: string;
  /** Rejects with a sentence. */
  readonly register: (password: string) => Promise<void>;
  readonly login: (name: string, password: string) => Promise<void>;
  /** Lists the devices of the account below the messages. */
  readonly showDevices: () => void;
}

/** Opens it. */
export function openAccount(parts: AccountDialogParts): void {
  const { nick, account, registrationFault, register, login, showDevices } = parts;
  const name = nameField(account || nick);
  const password = passwordField();
  const status = statusLine();
  const act = (step: () => Promise<void>) => () => {
    if (!form.reportValidity()) return;
    showStatus(status, "Please wait…");
    step().then(() => dialog.close(), (error) => showError(status, error));
  };
  const button = (type: "button" | "submit", label: string, click: () => void) =>
    element("button", { type, click }, label);
  const canRegister = account === "" && registrationFault === "";
  const form = element(
    "form",
    { method: "dialog", submit: (event) => event.preventDefault() },
    element("h2", {}, "Account"),
    element("p", {}, explanation(parts)),
    name,
    password,
    status,
    element(
      "menu",
      {},
      button("button", "Close", () => dialog.close()),
      ...(account === "" ? [] : [
        button("button", "Devices", () => {
          dialog.close();
          showDevices();
        }),
      ]),
      button("button", "Log in", act(() => login(name.value, password.value))),
      ...(canRegister
        ? [button("submit", `Register ${plainName(nick)}`, act(() => register(password.value)))]
        : []),
    ),
  );
  const dialog = openDialog("Account", form);
}

function nameField(value: string): HTMLInputElement {
  return element("input", { value, autocomplete: "username", "aria-label": "Account", required: true });
}

function passwordField(): HTMLInputElement {
  return element("input", {
    type: "password",
    autocomplete: "current-password",
    "aria-label": "Password",
    placeholder: "Password",
    required: true,
  });
}

function explanation({ nick, account, registrationFault }: AccountDialogParts): string {
  if (account !== "") return `You are logged in as ${plainName(account)}.`;
  if (registrationFault !== "") return registrationFault;
  return `Register the name ${
    plainName(nick)
  }: then only you can use it, and you keep your channels and private messages on all your devices.`;
}
