import { assertEquals } from "@std/assert";
import type { Presence } from "../../../lib/client/state/event.ts";
import { emptyState } from "../../../lib/client/state/state.ts";
import { groupPresence } from "../../../lib/client/text/presence_groups.ts";
import { spanText } from "../../../lib/client/text/style_text.ts";

const who = (nick: string) => ({ buffer: "#tea", who: { nick }, own: false, reason: "" });
const left = (nick: string, reason = ""): Presence => ({ kind: "parted", ...who(nick), reason });
const joined = (nick: string): Presence => ({ kind: "joined", ...who(nick) });

const groups: readonly (readonly [events: readonly Presence[], lines: readonly string[]])[] = [
  [[joined("ann")], ["#tea ann joined"]],
  [[left("ann", "bye \x1b")], ["#tea ann left (bye ␛)"]],
  [[joined("ann"), joined("cat"), left("dora", "bye")], ["#tea ann, cat joined · dora left"]],
  [[joined("ann"), left("ann"), joined("Ann"), left("ann")], ["#tea Ann joined · ann left"]],
  [
    [joined("ann"), { ...joined("cat"), buffer: "#den" } as Presence],
    ["#tea ann joined", "#den cat joined"],
  ],
  [
    [{ kind: "quit", buffers: ["#den", "#tea"], who: { nick: "ann" }, own: false, reason: "" }],
    ["#tea ann left"],
  ],
  [[{ kind: "quit", buffers: [], who: { nick: "ann" }, own: false, reason: "" }], []],
  [
    [{ kind: "renamed", buffers: ["#tea"], who: { nick: "ann" }, own: false, to: "anna" }, joined("cat")],
    ["#tea ann is now called anna · cat joined"],
  ],
  [
    Array.from({ length: 25 }, (_, at) => left(`u${at}`)),
    [`#tea ${Array.from({ length: 10 }, (_, at) => `u${at}`).join(", ")} and 15 more left`],
  ],
];

for (const [events, expected] of groups) {
  Deno.test(`groupPresence() says ${JSON.stringify(expected)}`, () => {
    const sentences = groupPresence(emptyState("bob"), events, "#tea");
    assertEquals(sentences.map(({ buffer, spans }) => `${buffer} ${spanText(spans)}`), expected);
  });
}
