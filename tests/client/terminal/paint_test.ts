import { assertEquals } from "@std/assert";
import type { Look } from "../../../lib/client/terminal/paint.ts";
import { colorDepth, paint, themeOf } from "../../../lib/client/terminal/paint.ts";
import { clock } from "../../../lib/client/terminal/event_rows.ts";
import { textWidth } from "../../../lib/client/terminal/width.ts";

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
  ["an old one", "16", "auto", true, { TERM: "xterm" }],
  ["a dumb one", "none", "auto", true, { TERM: "dumb" }],
  ["no name at all", "none", "auto", true, {}],
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
  Deno.test(`colorDepth() says ${expected} for ${why}`, () => {
    assertEquals(colorDepth(choice, isTerminal, environment), expected);
  });
}

const look = (depth: Look["depth"], theme: Look["theme"] = "dark"): Look => ({ depth, theme });

Deno.test("paint() writes nothing but text without colour", () => {
  assertEquals(
    paint([{ text: "a", bold: true, ink: "own", link: "https://x.y" }, { text: "b" }], look("none")),
    "ab",
  );
});

Deno.test("paint() writes colours as deep as the terminal has, and the theme's shade", () => {
  assertEquals(paint([{ text: "a", ink: "own" }], look("truecolor")), "\x1b[38;2;131;142;237ma\x1b[0m");
  assertEquals(
    paint([{ text: "a", ink: "own" }], look("truecolor", "light")),
    "\x1b[38;2;70;78;184ma\x1b[0m",
  );
  assertEquals(paint([{ text: "a", paper: "#464eb8" }], look("256")), "\x1b[48;5;61ma\x1b[0m");
  assertEquals(paint([{ text: "a", ink: "#121212" }], look("256")), "\x1b[38;5;233ma\x1b[0m");
  assertEquals(paint([{ text: "a", ink: "error", bold: true }], look("16")), "\x1b[1;91ma\x1b[0m");
  assertEquals(paint([{ text: "a", ink: "#ff0000" }], look("16")), "\x1b[91ma\x1b[0m");
});

Deno.test("paint() gives nobody red or blue in 16 colours", () => {
  const codes = Array.from({ length: 14 }, (_, at) => paint([{ text: "", ink: `nick-${at}` }], look("16")));
  // deno-lint-ignore no-control-regex -- escape sequences begin with one
  assertEquals(codes.filter((code) => !/^\x1b\[(32|33|35|36|92|93|95|96)m/.test(code)), []);
});

Deno.test("paint() makes a link that cannot carry anything else", () => {
  const painted = paint([{ text: "x", link: "https://x.y/ü?a=%20b" }], look("256"));
  assertEquals(painted.startsWith("\x1b]8;;https://x.y/%C3%BC?a=%20b\x1b\\"), true);
});

Deno.test("themeOf() believes a terminal that says its background", () => {
  assertEquals([themeOf({ COLORFGBG: "0;15" }), themeOf({ COLORFGBG: "15;0" }), themeOf({})], [
    "light",
    "dark",
    "dark",
  ]);
});

const widths: readonly (readonly [string, number])[] = [
  ["hello", 5],
  ["漢字", 4],
  ["e\u0301", 1],
  ["👍🏽", 2],
  ["👨‍👩‍👧", 2],
  ["❤️", 2],
  ["🇩🇪", 2],
  ["한국어", 6],
  ["ก็", 1],
  ["␛", 1],
  ["\u200b", 0],
  ["", 0],
];

for (const [text, width] of widths) {
  Deno.test(`textWidth() counts ${width} cells for ${JSON.stringify(text)}`, () =>
    assertEquals(textWidth(text), width));
}

Deno.test("clock() shows local time in the form asked for", () => {
  const at = new Date(2026, 2, 1, 9, 5, 7).getTime();
  assertEquals([clock(at, "short"), clock(at, "seconds"), clock(at, "off")], ["09:05", "09:05:07", ""]);
  assertEquals(clock(Date.UTC(2026, 2, 1), "iso"), "2026-03-01T00:00:00.000Z");
});
