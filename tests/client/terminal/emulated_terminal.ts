/** A terminal UI on an emulated screen, connected to the test, which acts as the server. */

import type { ClientOptions } from "../../../lib/client/core/client_options.ts";
import { PresenceFilter } from "../../../lib/client/text/presence_filter.ts";
import type { NotifierParts } from "../../../lib/client/terminal/notifier.ts";
import { Notifier } from "../../../lib/client/terminal/notifier.ts";
import type { TerminalUiParts } from "../../../lib/client/terminal/terminal_ui_options.ts";
import { TerminalUi } from "../../../lib/client/terminal/terminal_ui.ts";
import { KeyReader } from "../../../lib/client/terminal/key_reader.ts";
import type { Appearance } from "../../../lib/client/terminal/appearance.ts";
import { ServerEnd, turn } from "../core/wired_client.ts";
import { ScreenEmulator } from "./screen_emulator.ts";

const plainAppearance: Appearance = { depth: "none", theme: "dark" };
/** The time at which every test begins. */
export const noon = Date.parse("2026-03-01T12:00:00");

/** One person at an emulated terminal. */
export class EmulatedTerminal implements AsyncDisposable {
  readonly emulator: ScreenEmulator;
  readonly ui: TerminalUi;
  readonly running: ReturnType<TerminalUi["run"]>;
  wire = new ServerEnd();
  now = noon;
  written = "";
  /** A test can replace it by a terminal that fails. */
  write = (text: string): void => {
    this.written += text;
    this.emulator.write(text);
  };
  readonly #keys = new KeyReader();

  constructor(
    {
      nick = "bob",
      columns = 60,
      rows = 30,
      appearance = plainAppearance,
      bell = false,
      notify = "off",
      typing = false,
      restricted = false,
      asksPassword = false,
      makeServer = () => new ServerEnd(),
      ...client
    }:
      & Partial<
        {
          nick: string;
          columns: number;
          rows: number;
          appearance: Appearance;
          typing: boolean;
          restricted: boolean;
          makeServer: () => ServerEnd;
        }
      >
      & Partial<Pick<NotifierParts, "bell" | "notify"> & Pick<TerminalUiParts, "asksPassword">>
      & Pick<ClientOptions, "backlog" | "account" | "delay"> = {},
  ) {
    this.emulator = new ScreenEmulator(columns, rows);
    this.ui = new TerminalUi({
      client: {
        nick,
        channels: ["#tea"],
        connect: () => Promise.resolve(this.wire = makeServer()),
        now: () => this.now,
        delay: () => 60_000,
        ...client,
      },
      output: {
        write: (text) => this.write(text),
        size: () => this.emulator.size,
        appearance,
      },
      timestamps: "short",
      notifier: new Notifier({ bell, notify, inTmux: false, now: () => this.now }),
      typing,
      presenceFilter: new PresenceFilter(),
      asksPassword,
      home: "",
      restricted,
      pauseMs: 0,
      suspend: restricted ? undefined : () => {},
    });
    this.running = this.ui.run();
  }

  /** Registers and joins #tea, where ann and cat are. */
  async enter(caps = "echo-message message-tags"): Promise<this> {
    await turn();
    await this.wire.say(`:srv CAP * LS :${caps}`, `:srv CAP * ACK :${caps}`);
    await this.wire.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #tea");
    await this.wire.say(":srv 353 bob = #tea :@ann bob cat", ":srv 366 bob #tea :End");
    await this.wire.sent();
    return this;
  }

  async press(bytes: string): Promise<void> {
    for (const key of this.#keys.read(new TextEncoder().encode(bytes))) this.ui.press(key);
    await turn();
  }

  /** The rows on the screen, from the first row that includes `from`. */
  async screen(from = ""): Promise<string[]> {
    await turn();
    const rows = await this.emulator.rows();
    return rows.slice(Math.max(0, rows.findIndex((row) => row.includes(from))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ui.interrupt();
    this.wire.abort();
    await this.running;
    await this.ui.client.quit();
    await turn();
  }
}
