import { assertEquals } from "@std/assert";
import type { Appearance } from "../../../lib/client/terminal/appearance.ts";
import { paint } from "../../../lib/client/terminal/paint.ts";

const appearance = (depth: Appearance["depth"], theme: Appearance["theme"] = "dark"): Appearance => ({
  depth,
  theme,
});

Deno.test("paint() writes only text when there is no colour", () => {
  assertEquals(
    paint([{ text: "a", bold: true, color: "own", link: "https://x.y" }, { text: "b" }], appearance("none")),
    "ab",
  );
});

Deno.test("paint() uses the terminal's colour depth, and the theme's shade", () => {
  assertEquals(
    paint([{ text: "a", color: "own" }], appearance("truecolor")),
    "\x1b[38;2;131;142;237ma\x1b[0m",
  );
  assertEquals(
    paint([{ text: "a", color: "own" }], appearance("truecolor", "light")),
    "\x1b[38;2;70;78;184ma\x1b[0m",
  );
  assertEquals(paint([{ text: "a", background: "#464eb8" }], appearance("256")), "\x1b[48;5;61ma\x1b[0m");
  assertEquals(paint([{ text: "a", color: "#121212" }], appearance("256")), "\x1b[38;5;233ma\x1b[0m");
  assertEquals(paint([{ text: "a", color: "error", bold: true }], appearance("16")), "\x1b[1;91ma\x1b[0m");
  assertEquals(paint([{ text: "a", color: "#ff0000" }], appearance("16")), "\x1b[91ma\x1b[0m");
});

Deno.test("paint() never uses red or blue for a nick in 16 colours", () => {
  const codes = Array.from(
    { length: 14 },
    (_, at) => paint([{ text: "", color: `nick-${at}` }], appearance("16")),
  );
  // deno-lint-ignore no-control-regex -- escape sequences begin with one
  assertEquals(codes.filter((code) => !/^\x1b\[(32|33|35|36|92|93|95|96)m/.test(code)), []);
});

Deno.test("paint() encodes the address of a link, also with half of a character", () => {
  const painted = paint([{ text: "x", link: "https://x.y/ü?a=%20b" }], appearance("256"));
  assertEquals(painted.startsWith("\x1b]8;;https://x.y/%C3%BC?a=%20b\x1b\\"), true);
  const broken = paint([{ text: "x", link: "https://x.y/\ud83d%" }], appearance("256"));
  assertEquals(broken.startsWith("\x1b]8;;https://x.y/%EF%BF%BD%25\x1b\\"), true);
});
