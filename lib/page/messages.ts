/** The message area: the timeline in front as elements. It keeps to its end while the person is there, and to its place when not. */
/// <reference lib="dom" />
import { nickInk } from "../client/palette.ts";
import { plain, plainName } from "../client/plain.ts";
import { inkIn, type State } from "../client/state.ts";
import { styleText } from "../client/text.ts";
import { fold } from "../irc/names.ts";
import { byId, element } from "./element.ts";
import { cssColor, paint } from "./paint.ts";
import type { Entry, Timeline } from "./timeline.ts";

/** What can be done with a message. */
export interface MessageActs {
  readonly reply: (entry: SaidEntry) => void;
  readonly react: (entry: SaidEntry, emoji: string) => void;
  /** Opens the emoji picker beside an element. */
  readonly pick: (entry: SaidEntry, beside: HTMLElement) => void;
  readonly redact: (entry: SaidEntry) => void;
  /** The person has scrolled to the oldest message. */
  readonly older: () => void;
}

/** An entry that somebody said. */
export type SaidEntry = Extract<Entry, { kind: "said" }>;

const quick = ["👍", "❤️", "😂"];
const nearPx = 48;

/** The area of messages. */
export class Messages {
  readonly #area = byId("messages");
  readonly #acts: MessageActs;
  /** Elements by entry: an entry that did not change keeps its element. */
  #shown = new Map<Entry, HTMLElement>();
  #buffer = "";

  constructor(acts: MessageActs) {
    this.#acts = acts;
    this.#area.addEventListener("scroll", () => {
      if (this.#area.scrollTop < nearPx && this.#shown.size > 0) acts.older();
    });
  }

  /** Shows a timeline. */
  show(state: State, buffer: string, timeline: Timeline): void {
    const isOther = buffer !== this.#buffer;
    const atEnd = isOther || this.isAtEnd;
    const below = this.#area.scrollHeight - this.#area.scrollTop;
    if (isOther) this.#shown.clear();
    this.#buffer = buffer;
    this.#area.replaceChildren(...this.#rows(state, timeline));
    this.#area.scrollTop = atEnd ? this.#area.scrollHeight : this.#area.scrollHeight - below;
  }

  /** Whether the newest message is in sight. */
  get isAtEnd(): boolean {
    return this.#area.scrollHeight - this.#area.scrollTop - this.#area.clientHeight < nearPx;
  }

  #rows(state: State, timeline: Timeline): HTMLElement[] {
    const byId = new Map(timeline.entries.map((entry) => [entry.key, entry]));
    const shown = new Map<Entry, HTMLElement>();
    const rows: HTMLElement[] = [];
    let day = "";
    let isNew = timeline.seenAt === 0;
    for (const entry of timeline.entries) {
      const today = new Date(entry.at).toLocaleDateString(undefined, {
        weekday: "long",
        day: "numeric",
        month: "long",
      });
      if (today !== day) rows.push(rule(day = today));
      if (!isNew && entry.at > timeline.seenAt && entry.kind === "said" && !entry.said.own) {
        isNew = true;
        rows.push(rule("new", "new"));
      }
      const row = this.#shown.get(entry) ?? this.#row(state, entry, byId);
      shown.set(entry, row);
      rows.push(row);
    }
    this.#shown = shown;
    return rows;
  }

  #row(state: State, entry: Entry, byId: ReadonlyMap<string, Entry>): HTMLElement {
    const time = element("time", { datetime: new Date(entry.at).toISOString() }, clock(entry.at));
    if (entry.kind !== "said") {
      return element(
        "div",
        { class: `entry ${entry.kind}` },
        time,
        element("span", { class: "text" }, ...paint(entry.spans)),
      );
    }
    const { said } = entry;
    const classes = ["entry", said.manner, said.mention ? "mention" : "", entry.isGone ? "gone" : ""].join(
      " ",
    );
    const nick = element("span", { class: "nick" }, plainName(said.from.nick));
    nick.style.color = cssColor(said.own ? "own" : nickInk(said.from.nick, said.from.account));
    const text = element(
      "span",
      { class: "text" },
      ...(entry.isGone ? ["taken back"] : this.#text(state, entry)),
    );
    const quoted = said.replyTo === undefined ? undefined : byId.get(said.replyTo);
    const words = element("div", {}, ...(quoted ? [quote(quoted)] : []), nick, text);
    const row = element("div", { class: classes, "data-id": said.id }, time, words);
    if (entry.reactions.size > 0) row.append(this.#reactions(state, entry));
    if (said.id !== undefined && !entry.isGone) row.append(this.#tools(state, entry));
    return row;
  }

  #text(state: State, { said }: SaidEntry): Node[] {
    return paint(styleText(said.text, { own: state.nick, inkOf: (nick) => inkIn(state, said.buffer, nick) }));
  }

  #reactions(state: State, entry: SaidEntry): HTMLElement {
    const made = element("div", { class: "reactions" });
    for (const [emoji, people] of entry.reactions) {
      const names = [...people].map(plainName).join(", ");
      const own = [...people].some((nick) => fold(nick) === fold(state.nick));
      made.append(element(
        "button",
        {
          type: "button",
          title: names,
          "aria-label": `${plain(emoji)} by ${names}`,
          "aria-pressed": String(own),
          click: () => this.#acts.react(entry, emoji),
        },
        `${plain(emoji)} ${people.size}`,
      ));
    }
    return made;
  }

  #tools(state: State, entry: SaidEntry): HTMLElement {
    const { reply, react, pick, redact } = this.#acts;
    const tool = (label: string, sign: string, click: (event: Event) => void) =>
      element("button", { type: "button", "aria-label": label, title: label, click }, sign);
    const acts = element("div", { class: "acts", role: "toolbar", "aria-label": "Message" });
    for (const emoji of quick) acts.append(tool(`React ${emoji}`, emoji, () => react(entry, emoji)));
    acts.append(
      tool("React with another emoji", "🙂+", (event) => pick(entry, event.currentTarget as HTMLElement)),
    );
    acts.append(tool("Reply", "↩", () => reply(entry)));
    const mayRedact = entry.said.own || /[~&@]/.test(ownRanks(state, entry.said.buffer));
    if (mayRedact && state.caps.has("draft/message-redaction")) {
      acts.append(tool("Take back", "🗑", () => redact(entry)));
    }
    return acts;
  }
}

function ownRanks(state: State, buffer: string): string {
  return state.buffers.get(fold(buffer))?.members.get(fold(state.nick))?.ranks ?? "";
}

function quote(entry: Entry): HTMLElement {
  if (entry.kind !== "said") return element("span", { class: "quote" }, "…");
  const words = entry.isGone ? "taken back" : plain(entry.said.text.split("\n")[0] ?? "");
  return element("span", { class: "quote" }, `${plainName(entry.said.from.nick)}: ${words}`);
}

function rule(words: string, kind = ""): HTMLElement {
  return element("div", { class: `rule ${kind}`, role: "separator" }, words);
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
