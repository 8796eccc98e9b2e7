/** One entry of a timeline as an element. Nothing of a message is ever HTML: all of it becomes text. */
/// <reference lib="dom" />
import { memberInk, personInk } from "../text/nick_color.ts";
import { plain, plainName } from "../text/plain.ts";
import { isOwn, type State } from "../core/state.ts";
import { styleText } from "../text/text.ts";
import { element } from "./element.ts";
import type { SaidEntry } from "./message_tools.ts";
import { cssColor, paint } from "./span_elements.ts";
import type { Entry } from "./timeline.ts";

/** What a row asks of the page. */
export interface RowActs {
  readonly react: (entry: SaidEntry, emoji: string) => void;
  readonly jump: (id: string) => void;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** Characters and lines of a message that are shown without folding it. */
const longText = 3000;
const manyLines = 40;

/** Draws an entry; `byKey` finds the message that it answers. */
export function drawEntry(
  state: State,
  entry: Entry,
  byKey: ReadonlyMap<string, Entry>,
  acts: RowActs,
): HTMLElement {
  const when = new Date(entry.at);
  const time = element(
    "time",
    { datetime: when.toISOString(), title: when.toLocaleString() },
    clock.format(when),
  );
  if (entry.kind !== "said") {
    const text = element("span", { class: "text" }, ...paint(entry.spans));
    return element("div", { class: `entry ${entry.kind}`, tabindex: "-1" }, time, text);
  }
  const { said } = entry;
  const classes = ["entry", said.manner, said.mention && "mention", entry.isGone && "gone"];
  const nick = element("span", { class: "nick" }, plainName(said.from.nick));
  nick.style.color = cssColor(said.own ? "own" : personInk(state, said.from));
  const words = element(
    "div",
    {},
    ...(said.replyTo === undefined ? [] : [quote(said.replyTo, byKey.get(said.replyTo), acts)]),
    nick,
    ...(entry.isGone ? [element("span", { class: "text" }, "taken back")] : foldable(state, entry)),
  );
  const row = element(
    "div",
    { class: classes.filter(Boolean).join(" "), "data-id": said.id, tabindex: "-1" },
    time,
    words,
  );
  if (entry.reactions.size > 0) row.append(reactions(state, entry, acts));
  return row;
}

/** What was said; much of it is folded until the person wants all. */
function foldable(state: State, entry: SaidEntry): HTMLElement[] {
  const { text } = entry.said;
  const isLong = text.length > longText || text.split("\n").length > manyLines;
  const shown = element("span", { class: isLong ? "text folded" : "text" }, ...styled(state, entry));
  if (!isLong) return [shown];
  const button = element("button", {
    type: "button",
    class: "unfold",
    click: () => {
      const isFolded = shown.classList.toggle("folded");
      button.textContent = isFolded ? "Show all" : "Show less";
    },
  }, "Show all");
  return [shown, button];
}

function styled(state: State, { said }: SaidEntry): Node[] {
  return paint(
    styleText(said.text, { own: state.nick, inkOf: (nick) => memberInk(state, said.buffer, nick) }),
  );
}

function reactions(state: State, entry: SaidEntry, { react }: RowActs): HTMLElement {
  const made = element("div", { class: "reactions" });
  for (const [emoji, people] of entry.reactions) {
    const names = [...people].map(plainName).join(", ");
    made.append(element(
      "button",
      {
        type: "button",
        title: names,
        "aria-label": `${plain(emoji)} ${people.size}, by ${names}`,
        "aria-pressed": String([...people].some((nick) => isOwn(state, nick))),
        click: () => react(entry, emoji),
      },
      `${plain(emoji)} ${people.size}`,
    ));
  }
  return made;
}

function quote(id: string, entry: Entry | undefined, { jump }: RowActs): HTMLElement {
  return element("button", { type: "button", class: "quote", click: () => jump(id) }, quoteWords(entry));
}

/** What is shown of a message that is answered. */
export function quoteWords(entry: Entry | undefined): string {
  if (entry?.kind !== "said") return "An earlier message";
  const words = entry.isGone ? "taken back" : plain(entry.said.text.split("\n")[0] ?? "");
  return `${plainName(entry.said.from.nick)}: ${words}`;
}
