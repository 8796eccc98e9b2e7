import { assertEquals } from "@std/assert";
import type { Said } from "../../../lib/client/state/event.ts";
import type { NotifierParts } from "../../../lib/client/terminal/notifier.ts";
import { Notifier } from "../../../lib/client/terminal/notifier.ts";
import { sampleMessage } from "../state/sample_message.ts";

const said: Said = { ...sampleMessage, text: "bob: hello", mention: true };

function notifier(parts: Partial<NotifierParts>): Notifier {
  return new Notifier({ bell: false, notify: "off", inTmux: false, now: () => 0, ...parts });
}

const calls:
  readonly (readonly [why: string, parts: Partial<NotifierParts>, said: Partial<Said>, call: string])[] = [
    ["nothing", {}, {}, ""],
    ["a bell", { bell: true }, {}, "\x07"],
    ["OSC 9", { notify: "osc9" }, {}, "\x1b]9;ann in #tea: bob: hello\x07"],
    ["OSC 777", { notify: "osc777" }, {}, "\x1b]777;notify;ann in #tea;bob: hello\x07"],
    ["both", { bell: true, notify: "osc9" }, {}, "\x07\x1b]9;ann in #tea: bob: hello\x07"],
    [
      "a private message",
      { notify: "osc9" },
      { buffer: "ann", to: "bob", direct: true },
      "\x1b]9;ann: bob: hello\x07",
    ],
    [
      "a hostile name",
      { notify: "osc777" },
      { from: { nick: "a;\x07" } },
      "\x1b]777;notify;a,␇ in #tea;bob: hello\x07",
    ],
    [
      "a hostile text",
      { notify: "osc9" },
      { text: "\x02bold\x1b\\\n2" },
      "\x1b]9;ann in #tea: bold␛\\ 2\x07",
    ],
    ["a name in a private message", { notify: "osc9" }, {
      buffer: "ann",
      to: "bob",
      direct: true,
      mention: true,
    }, "\x1b]9;ann: bob: hello\x07"],
    [
      "a text of emoji without half of one",
      { notify: "osc9" },
      { text: `\x0304,01red\x03 ${"x".repeat(190)}${"👨‍👩‍👧".repeat(20)}` },
      `\x1b]9;ann in #tea: red ${"x".repeat(190)}${"👨‍👩‍👧".repeat(5)}…\x07`,
    ],
    [
      "a name like a command",
      { notify: "osc9" },
      { from: { nick: "4;3" } },
      "\x1b]9;@4,3 in #tea: bob: hello\x07",
    ],
    [
      "OSC 9 through tmux",
      { notify: "osc9", inTmux: true },
      {},
      "\x1bPtmux;\x1b\x1b]9;ann in #tea: bob: hello\x07\x1b\\",
    ],
  ];

for (const [why, parts, change, call] of calls) {
  Deno.test(`notification() writes ${why}`, () => {
    assertEquals(notifier(parts).notification({ ...said, ...change }), call);
  });
}

Deno.test("without focus reports, a person is present for ten seconds after a key", () => {
  let now = 0;
  const one = notifier({ bell: true, now: () => now });
  assertEquals(one.isFocusReport({ kind: "text", text: "x" }), false);
  assertEquals(one.notification(said), "");
  now = 10_000;
  assertEquals(one.notification(said), "\x07");
  assertEquals(one.isFocusReport({ kind: "key", name: "focus-in" }), true);
  assertEquals(one.notification(said), "");
});
