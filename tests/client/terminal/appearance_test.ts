import { assertEquals } from "@std/assert";
import { colorDepth, themeOf } from "../../../lib/client/terminal/appearance.ts";

const truecolor = { COLORTERM: "truecolor", TERM: "xterm-256color" };

const depths: readonly (readonly [
  why: string,
  expected: string,
  choice: "auto" | "always" | "never",
  isTerminal: boolean,
  environment: Record<string, string>,
])[] = [
  ["a modern terminal", "truecolor", "auto", true, truecolor],
  ["256 colours by name", "256", "auto", true, { TERM: "screen-256color" }],
  ["an old terminal", "16", "auto", true, { TERM: "xterm" }],
  ["a dumb terminal", "none", "auto", true, { TERM: "dumb" }],
  ["no TERM", "none", "auto", true, {}],
  ["no terminal", "none", "auto", false, truecolor],
  ["NO_COLOR", "none", "auto", true, { ...truecolor, NO_COLOR: "1" }],
  ["an empty NO_COLOR", "truecolor", "auto", true, { ...truecolor, NO_COLOR: "" }],
  ["FORCE_COLOR in a pipe", "truecolor", "auto", false, { ...truecolor, FORCE_COLOR: "1" }],
  ["CLICOLOR_FORCE in a pipe", "16", "auto", false, { CLICOLOR_FORCE: "1" }],
  ["CLICOLOR_FORCE=0", "none", "auto", false, { ...truecolor, CLICOLOR_FORCE: "0" }],
  ["NO_COLOR against FORCE_COLOR", "none", "auto", true, { ...truecolor, NO_COLOR: "1", FORCE_COLOR: "1" }],
  ["--color=always against NO_COLOR", "truecolor", "always", false, { ...truecolor, NO_COLOR: "1" }],
  ["--color=never", "none", "never", true, { ...truecolor, FORCE_COLOR: "1" }],
];

for (const [why, expected, choice, isTerminal, environment] of depths) {
  Deno.test(`colorDepth() is ${expected} for ${why}`, () => {
    assertEquals(colorDepth(choice, isTerminal, environment), expected);
  });
}

Deno.test("themeOf() reads the background in COLORFGBG", () => {
  assertEquals([themeOf({ COLORFGBG: "0;15" }), themeOf({ COLORFGBG: "15;0" }), themeOf({})], [
    "light",
    "dark",
    "dark",
  ]);
});
