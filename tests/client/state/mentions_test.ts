import { assertEquals } from "@std/assert";
import type { Said } from "../../../lib/client/state/event.ts";
import { hasMention, shouldAlert } from "../../../lib/client/state/mentions.ts";
import { sampleMessage } from "./sample_message.ts";

const mentioned: readonly (readonly [string, boolean])[] = [
  ["bob: hello", true],
  ["@Bob", true],
  ["is it bob's?", true],
  ["hello \x02bob\x02!", true],
  ["- bob-", true],
  ["bobby", false],
  ["kebob", false],
  ["bob_", false],
  ["", false],
];

for (const [text, expected] of mentioned) {
  Deno.test(`hasMention() says ${expected} for bob in ${JSON.stringify(text)}`, () => {
    assertEquals(hasMention(text, "bob"), expected);
  });
}

const said = sampleMessage;

const calls: readonly (readonly [why: string, change: Partial<Said> & { history?: boolean }, boolean])[] = [
  ["a message to a channel", {}, false],
  ["a mention in a channel", { mention: true }, true],
  ["a private message", { buffer: "ann", to: "bob", direct: true }, true],
  ["our own private message", { buffer: "ann", to: "ann", direct: true, own: true }, false],
  ["a mention in the history", { mention: true, history: true }, false],
];

for (const [why, change, expected] of calls) {
  Deno.test(`shouldAlert() says ${expected} for ${why}`, () => {
    assertEquals(shouldAlert({ ...said, at: 0, ...change }), expected);
  });
}
