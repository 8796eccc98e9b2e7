/**
 * The header above the messages: the name of the channel or conversation, its topic, and the button for an invite
 * link.
 */
/// <reference lib="dom" />
import { findBuffer, type State } from "../state/state.ts";
import { memberColor } from "../text/nick_color.ts";
import { withoutFormatting } from "../text/formatting.ts";
import { plainName } from "../text/plain.ts";
import { styleText } from "../text/style_text.ts";
import { byId, element } from "../elements/element.ts";
import { spanElements } from "../elements/span_elements.ts";

/** Draws it; hidden without an active buffer. */
export function drawBufferHeader(state: State, activeBuffer: string): void {
  const buffer = findBuffer(state, activeBuffer);
  byId("buffer-header").hidden = activeBuffer === "";
  byId("buffer-title").textContent = plainName(activeBuffer);
  byId("invite").hidden = buffer?.kind !== "channel";
  drawTopic(state, activeBuffer, buffer?.topic ?? "");
}

/** Links in a topic work; pictures are left out, as the header is one line. */
function drawTopic(state: State, buffer: string, topic: string): void {
  const line = byId("topic");
  const spans = styleText(topic, { own: state.nick, colorOf: (nick) => memberColor(state, buffer, nick) });
  const parts = spanElements(spans).filter((node) => !(node instanceof HTMLImageElement));
  const drawn = element("p", { id: "topic", title: withoutFormatting(topic) }, ...parts);
  if (!line.isEqualNode(drawn)) line.replaceWith(drawn);
}
