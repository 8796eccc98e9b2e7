/** The join form: username, passwords and the Join button. They are locked while the person is in the chat. */
/// <reference lib="dom" />
import { invitedChannels } from "./channels_to_join.ts";
import { byId } from "../elements/element.ts";
import { connections } from "./page_connection.ts";
import { storedName, storeName } from "./preferences.ts";
import { comesBack, storedVisit, storeVisit } from "./tab_visit.ts";
import { toast } from "../elements/toast.ts";

/** The values that the person entered. */
export interface Credentials {
  readonly nick: string;
  /** The password of the account with the name `nick`; "" for none. */
  readonly password: string;
  /** The password of the server itself; "" for none. */
  readonly serverPassword: string;
}

/** The form above the messages. */
export class JoinForm {
  readonly #name = byId<HTMLInputElement>("name");
  readonly #password = byId<HTMLInputElement>("password");
  readonly #serverPassword = byId<HTMLInputElement>("server-password");
  readonly #button = byId<HTMLButtonElement>("join-button");
  readonly #onJoin: (credentials: Credentials) => void;
  #isLocked = false;
  #needsServerPassword = false;

  constructor(onJoin: (credentials: Credentials) => void) {
    this.#onJoin = onJoin;
    this.#name.value = storedName();
    // Somebody was here before. A tab that was opened in the background can wait for long.
    if (this.#name.value !== "" && document.visibilityState === "visible") connections.prepare();
    this.locked = false;
    byId("join").addEventListener("input", () => connections.prepare());
    byId("join").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#isLocked) return;
      const nick = this.#name.value.trim();
      if (nick === "") return toast("Enter a username first", "error");
      if (/\s/.test(nick)) return toast("A username cannot contain spaces", "error");
      storeName(nick);
      onJoin({ nick, password: this.#password.value, serverPassword: this.#serverPassword.value });
    });
    addEventListener("hashchange", () => this.#draw());
  }

  set locked(isLocked: boolean) {
    this.#isLocked = isLocked;
    for (const control of [this.#name, this.#password, this.#serverPassword, this.#button]) {
      control.disabled = isLocked;
    }
    this.#draw();
  }

  /** Shows the field for the server password from now on. */
  needServerPassword(): void {
    this.#needsServerPassword = true;
    this.#draw();
  }

  clearPassword(): void {
    this.#password.value = "";
  }

  /** The chat ended, so this tab does not come back to it by itself. */
  onLeft(hasFailed: boolean): void {
    storeVisit(undefined);
    this.#focus(hasFailed);
  }

  /** Moves the focus to the field that the person must change: after a failure this can be the server password. */
  #focus(hasFailed = false): void {
    if (hasFailed && this.#needsServerPassword) this.#serverPassword.focus();
    else this.#name.focus();
  }

  /** Joins again where the page was lost without a decision of the person; otherwise the person does. */
  start(): void {
    const visit = comesBack() ? storedVisit() : undefined;
    if (visit === undefined) return this.#focus();
    this.#name.value = visit.nick;
    const { nick, password } = visit;
    if (password === "none") return this.#onJoin({ nick, password: "", serverPassword: "" });
    if (password === "server") this.needServerPassword();
    const line = byId("status");
    line.hidden = false;
    line.textContent = `You were ${nick} here: enter ${
      password === "server" ? "the server password" : "your password"
    } to join again`;
    (password === "server" ? this.#serverPassword : this.#password).focus();
  }

  #draw(): void {
    this.#password.hidden = this.#isLocked;
    this.#serverPassword.hidden = this.#isLocked || !this.#needsServerPassword;
    this.#button.textContent = this.#isLocked ? "Joined" : ["Join", ...invitedChannels()].join(" ");
  }
}
