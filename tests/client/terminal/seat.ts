/** Somebody at an emulated terminal, whose server the test plays. */

import type { ClientOptions } from "../../../lib/client/core/client_options.ts";
import { PresenceFilter } from "../../../lib/client/text/presence_filter.ts";
import type { AttentionParts } from "../../../lib/client/terminal/attention.ts";
import { Attention } from "../../../lib/client/terminal/attention.ts";
import type { TerminalUiParts } from "../../../lib/client/terminal/terminal_ui.ts";
import { TerminalUi } from "../../../lib/client/terminal/terminal_ui.ts";
import { KeyReader } from "../../../lib/client/terminal/keys.ts";
import type { Look } from "../../../lib/client/terminal/paint.ts";
import { ServerEnd, turn } from "../core/wired_client.ts";
import { Emulator } from "./emulator.ts";

const plainLook: Look = { depth: "none", theme: "dark" };
/** When every test begins. */
export const noon = Date.parse("2026-03-01T12:00:00");

/** Somebody at an emulated terminal, connected to a server that the test plays. */
export class Seat implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly desk: TerminalUi;
  readonly running: ReturnType<TerminalUi["run"]>;
  wire = new ServerEnd();
  now = noon;
  written = "";
  readonly #keys = new KeyReader();

  constructor(
    {
      nick = "bob",
      columns = 60,
      rows = 30,
      look = plainLook,
      bell = false,
      notify = "off",
      typing = false,
      restricted = false,
      asksPassword = false,
      ...client
    }:
      & Partial<
        { nick: string; columns: number; rows: number; look: Look; typing: boolean; restricted: boolean }
      >
      & Partial<Pick<AttentionParts, "bell" | "notify"> & Pick<TerminalUiParts, "asksPassword">>
      & Pick<ClientOptions, "backlog" | "account"> = {},
  ) {
    this.emulator = new Emulator(columns, rows);
    this.desk = new TerminalUi({
      client: {
        nick,
        channels: ["#tea"],
        connect: () => Promise.resolve(this.wire = new ServerEnd()),
        now: () => this.now,
        ...client,
        delay: () => 60_000,
      },
      outlet: {
        write: (text) => {
          this.written += text;
          this.emulator.write(text);
        },
        size: () => this.emulator.size,
        look,
      },
      timestamps: "short",
      attention: new Attention({ bell, notify, inTmux: false, now: () => this.now }),
      typing,
      quiet: new PresenceFilter(),
      asksPassword,
      home: "",
      restricted,
      pauseMs: 0,
      suspend: restricted ? undefined : () => {},
    });
    this.running = this.desk.run();
  }

  async enter(caps = "echo-message message-tags"): Promise<this> {
    await turn();
    await this.wire.say(`:srv CAP * LS :${caps}`, `:srv CAP * ACK :${caps}`);
    await this.wire.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #tea");
    await this.wire.say(":srv 353 bob = #tea :@ann bob cat", ":srv 366 bob #tea :End");
    await this.wire.sent();
    return this;
  }

  async press(bytes: string): Promise<void> {
    for (const key of this.#keys.read(new TextEncoder().encode(bytes))) this.desk.key(key);
    await turn();
  }

  /** What is on the screen, from the line that begins with `from`. */
  async screen(from = ""): Promise<string[]> {
    await turn();
    const rows = await this.emulator.rows();
    return rows.slice(Math.max(0, rows.findIndex((row) => row.includes(from))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.desk.interrupt();
    this.wire.abort();
    await this.running;
    await this.desk.client.quit();
    await turn();
  }
}
