/**
 * The terminal face: brings together a client, a display and the keyboard. Prints what happens, keeps track of the
 * room in front, does what is typed. Touches no tty: keys come in, text goes out.
 */

import type { ClientOptions, Ending } from "../client/client.ts";
import { Client } from "../client/client.ts";
import type { ChatEvent, Manner, Presence } from "../client/event.ts";
import type { Face } from "../client/face.ts";
import { Refusal } from "../client/face.ts";
import { foldPresence, folds } from "../client/fold.ts";
import type { Span } from "../client/formatting.ts";
import { plain } from "../client/plain.ts";
import { enter, slashCommands } from "../client/slash.ts";
import { findBuffer, isOwn, nicksByActivity, typingAt } from "../client/state.ts";
import type { Sources } from "./complete.ts";
import type { Outlet } from "./display.ts";
import { Display } from "./display.ts";
import type { Act, Input } from "./input.ts";
import { emptyInput, press } from "./input.ts";
import type { Key } from "./keys.ts";
import { promptFor } from "./prompt.ts";
import type { Line, Timestamps } from "./view.ts";
import { dayOf, dayRow, eventLine, lineRows, noteRows, ruleRow, saidLine } from "./view.ts";

/** What a desk is made of. */
export interface DeskParts {
  /** The client's options; an empty nick is asked for first. */
  readonly client: Omit<ClientOptions, "hear">;
  readonly outlet: Outlet;
  readonly timestamps: Timestamps;
  /** C-z. */
  readonly suspend: () => void;
}

/** Why a desk was left: by the person, by C-c, or because there is no server to talk to. */
export type Leaving = Ending | { readonly kind: "interrupted" };

/** How long joins and leaves are gathered into one line. */
const burstMs = 250;
const goodbyeMs = 500;

/** One person at one terminal. */
export class Desk implements Face {
  readonly client: Client;
  current = "";
  readonly #parts: DeskParts;
  readonly #display: Display;
  #input: Input = emptyInput;
  #hint = "";
  #question = "";
  #answer: (text: string) => void = () => {};
  #day: string;
  #burst: Presence[] = [];
  #timers = new Set<ReturnType<typeof setTimeout>>();
  /** Rooms that do not come to the front when we enter them: the others of the start, and all on coming back. */
  readonly #behind = new Set<string>();
  readonly #left = Promise.withResolvers<Leaving>();
  #interrupted = false;
  #running: Promise<Ending> | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.client = new Client({ ...parts.client, hear: (event) => this.#hear(event) });
    this.#day = dayOf(this.client.now);
    for (const room of parts.client.channels?.slice(1) ?? []) this.#behind.add(room.toLowerCase());
    this.#display = new Display(parts.outlet, () =>
      promptFor({
        input: this.#input,
        front: this.current,
        question: this.#question,
        online: this.client.online || this.#question !== "",
        typing: this.#typing(),
        hint: this.#hint,
        look: parts.outlet.look,
      }));
  }

  /** Resolves when the desk is left; the terminal then shows no prompt any more. */
  async run(): Promise<Leaving> {
    this.#display.refresh();
    const leaving = await Promise.race([this.#chat(), this.#left.promise]);
    this.close();
    if (leaving.kind === "interrupted") await this.#goodbye();
    return leaving;
  }

  /** Leaves as C-c does, for instance on a signal. */
  interrupt(): void {
    this.#left.resolve({ kind: "interrupted" });
  }

  async #chat(): Promise<Leaving> {
    if (this.#parts.client.nick === "") this.client.rename(await this.#ask("Your name", nameFault));
    this.#running = this.client.run();
    return await this.#running;
  }

  /** Gives the server a moment to hear that we go. */
  async #goodbye(): Promise<void> {
    this.client.quit();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, goodbyeMs);
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  /** Puts the terminal in order; nothing is drawn afterwards. */
  close(): void {
    this.#flushBurst();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#display.close();
  }

  /** A key was pressed. */
  key(key: Key): void {
    const { input, act } = press(this.#input, key, () => this.#sources());
    this.#input = input;
    this.#hint = "";
    if (act === undefined) this.#interrupted = false;
    else this.#do(act);
    this.#display.refresh();
  }

  /** The terminal has another size, or was used by somebody else. */
  resized(): void {
    this.#display.refresh();
  }

  /** Back from C-z: the prompt is drawn where the cursor is. */
  resumed(): void {
    this.#display.forget();
  }

  target(): string {
    if (this.current === "") throw new Refusal("You are in no room: write /join #ROOM");
    return this.current;
  }

  say(target: string, manner: Manner, text: string): void {
    this.client.say({ target, manner, text }).then((delivery) => {
      if (delivery.kind === "unsure") this.note(`This may not have arrived: ${plain(text)}`, "warning");
    });
  }

  show(name: string): void {
    const shown = findBuffer(this.client.state, name)?.name ?? name;
    if (shown !== this.current) this.#display.print([ruleRow(plain(shown))]);
    this.current = shown;
    this.#display.refresh();
  }

  closed(name: string): void {
    this.#behind.delete(name.toLowerCase());
    this.client.forget(name);
    if (name.toLowerCase() !== this.current.toLowerCase()) return;
    this.current = "";
    const open = [...this.client.state.buffers.values()].filter((buffer) => buffer.joined);
    const next = open.find(({ kind }) => kind === "room") ?? open[0];
    if (next !== undefined) this.show(next.name);
    this.#display.refresh();
  }

  note(words: string | readonly Span[], kind?: "title" | "warning"): void {
    const spans = typeof words === "string" ? [{ text: words, bold: kind === "title" }] : words;
    if (kind === "warning") return this.#print({ at: this.client.now, mark: "!", body: spans });
    this.#flushBurst();
    this.#display.print(noteRows(spans, this.#display.columns));
  }

  clear(): void {
    this.#display.clear();
  }

  leave(reason: string): void {
    this.client.quit(reason);
  }

  #do(act: Act): void {
    switch (act.kind) {
      case "submit":
        return this.#submit(act.text);
      case "interrupt":
        if (this.#interrupted) this.interrupt();
        this.#interrupted = true;
        this.#hint = "Press C-c again to quit";
        return;
      case "end":
        if (this.#question !== "") this.#left.resolve({ kind: "left" });
        return this.leave("");
      case "redraw":
        return this.clear();
      case "suspend":
        this.#display.flush();
        return this.#parts.suspend();
      case "next":
        return this.#submitted(enter(this, "/go"));
      default:
        return act satisfies never;
    }
  }

  #submit(text: string): void {
    if (this.#question !== "") return this.#answer(text);
    if (text.trim() === "") this.#hint = "Cannot send an empty message: type something first";
    else this.#submitted(enter(this, text));
  }

  #submitted(work: Promise<void>): void {
    work.catch((error) =>
      this.note(plain(error instanceof Error ? error.message : String(error)), "warning")
    );
  }

  /** Asks until the answer has no fault. The answer is not kept for C-p. */
  #ask(question: string, fault: (text: string) => string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const { recall } = this.#input;
    this.#question = question;
    this.#answer = (text) => {
      this.#input = { ...this.#input, recall };
      this.#hint = fault(text.trim());
      if (this.#hint !== "") return;
      this.#question = "";
      resolve(text.trim());
    };
    this.#display.refresh();
    return promise;
  }

  #hear(event: ChatEvent): void {
    if (folds(event)) return this.#gather(event as ChatEvent & Presence);
    this.#flushBurst();
    if (event.kind === "joined") this.#enter(event.buffer);
    if (event.kind === "said") {
      this.#print(saidLine(this.client.state, event, this.current));
    } else if (event.kind === "status" && (event.status === "connecting" || event.status === "waiting")) {
      this.#hint = event.status === "connecting" ? "Connecting…" : describeWait(event);
    } else {
      const line = eventLine(this.client.state, event, this.current);
      if (line !== undefined) this.#print(line);
    }
    this.#follow(event);
    this.#display.refresh();
  }

  /** What an event changes besides a line. */
  #follow(event: ChatEvent): void {
    switch (event.kind) {
      case "parted":
      case "kicked":
        return event.own ? this.closed(event.buffer) : undefined;
      case "renamed":
        if (event.who.nick.toLowerCase() === this.current.toLowerCase()) this.current = event.to;
        return;
      case "typing":
        return this.#later(6_500, () => this.#display.refresh());
      case "status":
        if (event.status === "ready") this.#hint = "";
        if (event.status === "nick refused") {
          this.#hint = "";
          this.#ask("Another name", nameFault).then((name) => this.client.rename(name));
        }
    }
  }

  /** We are in a room. The first one needs no title, as its first line tells where one is. */
  #enter(room: string): void {
    const behind = this.#behind.has(room.toLowerCase());
    this.#behind.add(room.toLowerCase());
    if (this.current === "") this.current = room;
    else if (!behind) this.show(room);
  }

  #gather(event: Presence): void {
    this.#burst.push(event);
    if (event.kind === "renamed") this.#follow({ ...event, at: this.client.now });
    if (this.#burst.length === 1) this.#later(burstMs, () => this.#flushBurst());
  }

  #flushBurst(): void {
    const burst = this.#burst.splice(0);
    const marks: Record<string, string> = { joined: "→", renamed: "↔" };
    for (const { buffer, spans } of foldPresence(this.client.state, burst, this.current)) {
      const where: Span[] = buffer.toLowerCase() === this.current.toLowerCase()
        ? []
        : [{ text: `${plain(buffer)} `, ink: "room" }];
      const mark = marks[
        burst.find((event) => "buffer" in event ? event.buffer === buffer : true)?.kind ?? ""
      ] ?? "←";
      this.#print({ at: this.client.now, mark, body: [...where, ...spans], quiet: true });
    }
  }

  #print(line: Line): void {
    if (dayOf(line.at) !== this.#day) this.#display.print([dayRow(line.at)]);
    this.#day = dayOf(line.at);
    this.#display.print(lineRows(line, this.#parts.timestamps, this.#display.columns));
  }

  #typing(): readonly string[] {
    const buffer = findBuffer(this.client.state, this.current);
    return buffer === undefined ? [] : typingAt(buffer, this.client.now);
  }

  #sources(): Sources {
    const { state } = this.client;
    const buffer = findBuffer(state, this.current);
    const nicks = buffer === undefined ? [] : nicksByActivity(buffer);
    const people = [...state.buffers.values()].filter(({ kind }) => kind === "person").map(({ name }) =>
      name
    );
    return {
      commands: Object.keys(slashCommands).sort(),
      takes: (command) => Object.hasOwn(slashCommands, command) ? slashCommands[command]?.takes ?? [] : [],
      nicks: [...new Set([...nicks, ...people])].filter((nick) => !isOwn(state, nick)),
      rooms: [...state.buffers.values()].filter(({ kind }) => kind === "room").map(({ name }) => name),
    };
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

/** Why a name cannot be one; "" when it can. The server may still refuse it. */
export function nameFault(name: string): string {
  if (name === "") return "A name cannot be empty";
  return /\s/.test(name) ? "A name is one word, without spaces" : "";
}

function describeWait({ reason, retryMs }: { readonly reason: string; readonly retryMs: number }): string {
  const why = plain(reason).replace(/^Cannot connect to \S+: /, "");
  return `Trying again in ${Math.max(1, Math.round(retryMs / 1000))} s: ${why}`;
}
