import { assertEquals } from "@std/assert";
import { KeyReader } from "../../../lib/client/terminal/key_reader.ts";

/** Text and pastes in quotes, keys by name. */
function keysOf(...chunks: (string | Uint8Array)[]): string {
  const reader = new KeyReader();
  const keys = chunks.flatMap((chunk) =>
    reader.read(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk)
  );
  return [...keys, ...reader.flush()].map((key) => {
    if (key.kind === "key") return key.name;
    return key.kind === "paste" ? `paste ${JSON.stringify(key.text)}` : JSON.stringify(key.text);
  }).join(" ");
}

const rows: readonly (readonly [why: string, bytes: string | readonly string[], keys: string])[] = [
  ["text", "hello", '"hello"'],
  ["text and enter", "hi\r", '"hi" enter'],
  ["control letters", "\x01\x05\x0b\x17", "C-a C-e C-k C-w"],
  ["tab and backspace", "\t\x7f\b", "tab backspace backspace"],
  ["C-j is a newline of its own", "\n", "C-j"],
  ["arrows", "\x1b[A\x1b[B\x1b[C\x1b[D", "up down right left"],
  ["arrows in application mode", "\x1bOA\x1bOD", "up left"],
  [
    "home, end, delete of several terminals",
    "\x1b[H\x1b[1~\x1b[7~\x1b[F\x1b[4~\x1b[3~",
    "home home home end end delete",
  ],
  ["modified arrows", "\x1b[1;5D\x1b[1;3C\x1b[1;2A", "C-left M-right S-up"],
  ["shift-tab", "\x1b[Z", "S-tab"],
  ["alt with letters", "\x1bb\x1bf\x1b\x7f\x1b\r", "M-b M-f M-backspace M-enter"],
  ["alt with a letter beyond ASCII", "\x1bé\x1b😀", "M-é M-😀"],
  ["alt with an arrow, as ESC before it", "\x1b\x1b[D", "M-left"],
  ["a lone escape", "\x1b", "escape"],
  ["a sequence cut in two", ["\x1b", "[1;", "5D", "x"], 'C-left "x"'],
  ["unknown sequences are dropped", "a\x1b[99;1zb\x1b[?1;2c\x1b[Kc", '"abc"'],
  ["a function key of the Linux console", "a\x1b[[Ab", '"ab"'],
  ["the focus, got and lost", "a\x1b[Ib\x1b[O", '"a" focus-in "b" focus-out'],
  ["the colour of the background", "a\x1b]11;rgb:1212/1212/1212\x07b", '"a" background-dark "b"'],
  ["a light background, cut in two", ["\x1b]11;rgba:ff/f", "f/c0/ff\x1b\\b"], 'background-light "b"'],
  ["another answer of the terminal", "a\x1b]10;rgb:1212/1212/1212\x07b", '"ab"'],
  ["a title that ends in ESC \\", ["a\x1b]0;x", "\x1b\\b"], '"a" "b"'],
  ["a paste", "\x1b[200~one\rtwo\x1b[201~!", 'paste "one\\ntwo" "!"'],
  ["a paste cut anywhere", ["\x1b[200", "~one", " two\x1b[20", "1~x"], 'paste "one two" "x"'],
  ["a paste with a key inside", "\x1b[200~a\x1b[Ab\x1b[201~", 'paste "a\\u001b[Ab"'],
];

for (const [why, bytes, keys] of rows) {
  Deno.test(`KeyReader reads ${why}`, () => assertEquals(keysOf(...[bytes].flat()), keys));
}

Deno.test("KeyReader keeps a character that is cut in two", () => {
  const bytes = new TextEncoder().encode("é漢");
  assertEquals(keysOf(bytes.slice(0, 1), bytes.slice(1, 3), bytes.slice(3)), '"é" "漢"');
});

Deno.test("KeyReader cuts off a paste without end", () => {
  const reader = new KeyReader();
  const chunk = new TextEncoder().encode("x".repeat(10_000));
  reader.read(new TextEncoder().encode("\x1b[200~"));
  for (let at = 0; at < 15; at++) assertEquals(reader.read(chunk), []);
  const [key] = reader.read(new TextEncoder().encode("\x1b[201~"));
  assertEquals(key?.kind === "paste" && key.text.length, 65_536);
});
