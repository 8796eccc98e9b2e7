/** The dialog that asks for a password, for commands such as /register. */
/// <reference lib="dom" />
import { openDialog, showStatus, statusLine } from "../elements/dialog.ts";
import { element } from "../elements/element.ts";

/** Asks until `faultIn` returns "" for the password; the answer is "" when the person closes the dialog. */
export function askPassword(
  question: string,
  faultIn: (password: string) => string = () => "",
): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const password = element("input", { type: "password", "aria-label": question, required: true });
  const fault = statusLine();
  const form = element(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        showStatus(fault, faultIn(password.value), true);
        if (fault.value !== "") return;
        resolve(password.value);
        dialog.close();
      },
    },
    element("h2", {}, question),
    password,
    fault,
    element(
      "menu",
      {},
      element("button", { type: "button", click: () => dialog.close() }, "Cancel"),
      element("button", { type: "submit" }, "Continue"),
    ),
  );
  const dialog = openDialog(question, form);
  dialog.addEventListener("close", () => resolve(""));
  return promise;
}
