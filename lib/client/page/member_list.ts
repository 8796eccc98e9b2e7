/** The list on the right: the members of the active channel. A click on one opens a conversation. */
/// <reference lib="dom" />
import { findBuffer, type Member, membersByRank, type State } from "../state/state.ts";
import { personColor } from "../text/nick_color.ts";
import { plain, plainName } from "../text/plain.ts";
import { byId, element } from "../elements/element.ts";
import { updateRows } from "../elements/list_rows.ts";
import { cssColor } from "../elements/span_elements.ts";

/** Draws it; empty for a conversation. */
export function drawMemberList(state: State, activeBuffer: string, show: (nick: string) => void): void {
  const channel = findBuffer(state, activeBuffer);
  const members = channel?.kind === "channel" ? membersByRank(state, channel) : [];
  byId("member-count").textContent = members.length > 0 ? String(members.length) : "";
  updateRows("member-list", members.map((member) => memberRow(state, member, show)));
}

function memberRow(
  state: State,
  { nick, ranks, account, away }: Member,
  show: (nick: string) => void,
): HTMLElement {
  const name = element(
    "span",
    { class: away ? "away" : undefined },
    plain(ranks.slice(0, 1)) + plainName(nick),
  );
  name.style.color = cssColor(personColor(state, { nick, ...(account !== undefined && { account }) }));
  const label = `${plainName(nick)}${away ? ", away" : ""}`;
  return element(
    "li",
    {},
    element("button", { type: "button", title: label, "aria-label": label, click: () => show(nick) }, name),
  );
}
