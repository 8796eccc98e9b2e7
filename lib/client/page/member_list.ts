/**
 * The list on the right: the members of the active channel. A click on one opens a conversation. A large channel shows
 * the first members, a field to find others, and a button for more.
 */
/// <reference lib="dom" />
import { findBuffer, type Member, membersByRank, type State } from "../state/state.ts";
import { personColor } from "../text/nick_color.ts";
import { plain, plainName } from "../text/plain.ts";
import { byId, element } from "../elements/element.ts";
import { type ListRow, updateRows } from "../elements/list_rows.ts";
import { cssColor } from "../elements/span_elements.ts";
import { foldText } from "../../irc/folded_text.ts";

/** This many rows at first, and this many more with each click. */
const stepRows = 200;
/** With fewer members nobody needs to search. */
const searchedMembers = 30;

/** The list of one chat. */
export class MemberList {
  readonly #show: (nick: string) => void;
  readonly #draw: () => void;
  #buffer = "";
  #maxRows = stepRows;
  /** The state that the list shows: the members and the word that is searched for. */
  #drawn: readonly unknown[] = [];

  /** `show` opens a conversation; `draw` draws the page with the next frame; `signal` ends the listening. */
  constructor(show: (nick: string) => void, draw: () => void, signal: AbortSignal) {
    this.#show = show;
    this.#draw = draw;
    byId("find-member").addEventListener("input", draw, { signal });
    byId("more-members").addEventListener("click", () => this.#showMore(), { signal });
  }

  /** Draws it; empty for a conversation. */
  draw(state: State, activeBuffer: string): void {
    const field = byId<HTMLInputElement>("find-member");
    if (activeBuffer !== this.#buffer) [field.value, this.#maxRows] = ["", stepRows];
    this.#buffer = activeBuffer;
    const channel = findBuffer(state, activeBuffer);
    const wanted = foldText(field.value.trim());
    const drawn = [channel?.members, state.isupport, state.nick, wanted, this.#maxRows];
    // Sorting ten thousand members for each message takes too long.
    if (drawn.every((value, at) => value === this.#drawn[at])) return;
    this.#drawn = drawn;
    const members = channel?.kind === "channel" ? membersByRank(state, channel) : [];
    const found = wanted === "" ? members : members.filter(({ nick }) => foldText(nick).includes(wanted));
    const rows = found.slice(0, this.#maxRows);
    byId("member-count").textContent = members.length > 0 ? members.length.toLocaleString("en") : "";
    field.hidden = members.length < searchedMembers;
    updateRows("member-list", rows.map((member) => memberRow(state, member)), this.#show);
    const more = byId("more-members");
    more.hidden = found.length <= rows.length;
    more.textContent = `and ${(found.length - rows.length).toLocaleString("en")} more`;
    byId("no-member").hidden = wanted === "" || found.length > 0;
  }

  #showMore(): void {
    const shown = this.#maxRows;
    this.#maxRows += stepRows;
    this.#draw();
    requestAnimationFrame(() => byId("member-list").children[shown]?.querySelector("button")?.focus());
  }
}

function memberRow(state: State, { nick, ranks, account, away }: Member): ListRow {
  const color = personColor(state, { nick, ...(account !== undefined && { account }) });
  const make = () => {
    const text = plain(ranks.slice(0, 1)) + plainName(nick);
    const name = element("span", { class: away ? "away" : undefined }, text);
    name.style.color = cssColor(color);
    const label = `${plainName(nick)}${away ? ", away" : ""}`;
    return element("li", {}, element("button", { type: "button", title: label, "aria-label": label }, name));
  };
  return { key: nick, looks: `${ranks.slice(0, 1)} ${color} ${away === true}`, make };
}
