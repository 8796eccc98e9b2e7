import { assertEquals } from "@std/assert";
import type { Span } from "../../../lib/client/text/formatting.ts";
import { Display } from "../../../lib/client/terminal/display.ts";
import type { Appearance } from "../../../lib/client/terminal/appearance.ts";
import { wrapSpans } from "../../../lib/client/terminal/wrap_spans.ts";
import { ScreenEmulator } from "./screen_emulator.ts";

const prompt = { above: [], label: [{ text: "> " }], typed: [], cursor: 0 };
const appearance: Appearance = { depth: "none", theme: "dark" };

/** A display on an emulated screen, with a prompt "> " and text that the test sets. */
class DisplayStage {
  text = "";
  cursor = 0;
  above: Span[][] = [];
  readonly emulator: ScreenEmulator;
  readonly display: Display;
  #written = Promise.resolve();

  constructor(columns: number, rows: number, used: Appearance = appearance) {
    this.emulator = new ScreenEmulator(columns, rows);
    const write = (text: string) => {
      this.#written = this.emulator.write(text);
    };
    this.display = new Display({ write, size: () => this.emulator.size, appearance: used }, () => ({
      above: this.above,
      label: [{ text: "> " }],
      typed: this.text === "" ? [] : [{ text: this.text }],
      cursor: this.cursor,
    }));
    this.display.flush();
  }

  type(drawn: string): this {
    this.cursor = drawn.indexOf("|");
    this.text = drawn.replace("|", "");
    this.display.flush();
    return this;
  }

  print(...lines: string[]): this {
    this.display.print(lines.map((text) => [{ text }]));
    this.display.flush();
    return this;
  }

  async rows(): Promise<string[]> {
    await this.#written;
    return await this.emulator.rows();
  }
}

const typed: readonly (readonly [why: string, text: string, rows: readonly string[]])[] = [
  ["nothing", "|", ["> |"]],
  ["a word", "hello|", ["> hello|"]],
  ["the cursor inside", "he|llo", ["> he|llo"]],
  ["text up to the edge", "1234567|", ["> 1234567|"]],
  ["one letter more", "12345678|", ["> 1234567", "8|"]],
  ["three rows, the cursor in the first", "1|234567890123456789", ["> 1|234567", "890123456", "789"]],
  ["wide characters", "漢字|漢", ["> 漢字|漢"]],
  ["a wide character that does not fit", "123456漢|", ["> 123456", "漢|"]],
  ["newlines", "one\ntwo|\n", ["> one", "two|"]],
  ["the cursor before a newline", "one|\ntwo", ["> one|", "two"]],
  ["the cursor after a newline", "one\n|", ["> one", "|"]],
  ["the cursor at the start of a second row", "1234567|8", ["> 1234567", "|8"]],
];

for (const [why, text, rows] of typed) {
  Deno.test(`a display shows ${why}`, async () => {
    assertEquals(await new DisplayStage(10, 8).type(text).rows(), rows);
  });
}

Deno.test("lines appear above the prompt, which keeps its text and cursor", async () => {
  const stage = new DisplayStage(20, 8).type("half| typed");
  stage.print("ann: one").print("ann: two", "ann: three");
  assertEquals(await stage.rows(), ["ann: one", "ann: two", "ann: three", "> half| typed"]);
});

Deno.test("lines appear above a prompt of several rows", async () => {
  const stage = new DisplayStage(10, 8).type("123456789012345|6");
  stage.print("one").type("1|").print("two");
  assertEquals(await stage.rows(), ["one", "two", "> 1|"]);
});

Deno.test("lines go into the scrollback when the terminal is full", async () => {
  const stage = new DisplayStage(20, 3).type("text|");
  for (let at = 1; at <= 6; at++) stage.print(`line ${at}`);
  assertEquals(await stage.rows(), ["line 1", "line 2", "line 3", "line 4", "line 5", "line 6", "> text|"]);
});

Deno.test("a prompt taller than the terminal shows the rows around the cursor", async () => {
  const text = Array.from({ length: 20 }, (_, at) => `row ${at}`).join("\n");
  const stage = new DisplayStage(20, 5).print("above").type(`${text}|`);
  assertEquals(await stage.rows(), ["above", "row 17", "row 18", "row 19|"]);
  stage.type(`|${text}`).print("more");
  assertEquals(await stage.rows(), ["above", "more", "> |row 0", "row 1", "row 2"]);
  stage.above = [[{ text: "20 lines" }]];
  stage.type(`${text}|`);
  assertEquals(await stage.rows(), ["above", "more", "20 lines", "row 17", "row 18", "row 19|"]);
});

Deno.test("rows above the prompt are cut to the width, and disappear when they are empty", async () => {
  const stage = new DisplayStage(10, 6);
  stage.above = [[{ text: "ann is typing…" }]];
  stage.type("hi|");
  assertEquals(await stage.rows(), ["ann is ty", "> hi|"]);
  stage.above = [];
  stage.type("hi|");
  assertEquals(await stage.rows(), ["> hi|"]);
});

for (const [columns, why] of [[7, "narrower"], [30, "wider"]] as const) {
  Deno.test(`a terminal that becomes ${why} leaves nothing of the prompt`, async () => {
    const stage = new DisplayStage(15, 10).print("above").type("a text of several rows, 漢字|");
    await stage.rows();
    stage.emulator.resize(columns, 10);
    stage.display.flush();
    stage.print("later");
    const rows = await stage.rows();
    const text = rows.filter((row) => row !== "above" && row !== "later").join("");
    assertEquals(rows.slice(0, 2), ["above", "later"]);
    assertEquals(text, "> a text of several rows, 漢字|");
  });
}

Deno.test("a display makes one write of all changes in one turn, and writes nothing after close()", async () => {
  const writes: string[] = [];
  const output = {
    write: (text: string) => void writes.push(text),
    size: () => ({ columns: 20, rows: 5 }),
    appearance,
  };
  const display = new Display(output, () => ({ above: [], label: [{ text: "> " }], typed: [], cursor: 0 }));
  for (let at = 0; at < 100; at++) display.print([[{ text: `line ${at}` }]]);
  await Promise.resolve();
  assertEquals(writes.length, 1);
  display.print([[{ text: "last" }]]);
  display.close();
  await Promise.resolve();
  assertEquals(writes.length, 2);
  assertEquals(writes[1], "\r\x1b[Jlast\r\n");
});

const wrapped: readonly (readonly [why: string, body: string, rows: readonly string[]])[] = [
  ["short text", "hello", ["12:00 hello"]],
  ["words", "hello there you all", ["12:00 hello there", "        you all"]],
  ["a newline", "one\ntwo", ["12:00 one", "        two"]],
  ["a word that is too long", "abcdefghijklmnopqrstuvwxyz", [
    "12:00 abcdefghijkl",
    "        mnopqrstuv",
    "        wxyz",
  ]],
  ["wide characters", "漢字漢字漢字漢字漢字", ["12:00 漢字漢字漢字", "        漢字漢字"]],
  ["spaces that would start a row", "hello there!     you", ["12:00 hello there!", "        you"]],
  ["an attempt to appearance like another line", `hi${" ".repeat(10)}12:00 ann: lies`, [
    "12:00 hi",
    "        12:00 ann:",
    "        lies",
  ]],
];

for (const [why, body, rows] of wrapped) {
  Deno.test(`wrapSpans() indents the later rows of a line: ${why}`, () => {
    const found = wrapSpans([{ text: "12:00 " }], [{ text: body }], 18, 8);
    assertEquals(found.map((row) => row.map(({ text }) => text).join("")), rows);
  });
}

Deno.test("in a flood only the last screenful is drawn, and messages for us", () => {
  const written: string[] = [];
  const output = {
    write: (text: string) => written.push(text),
    size: () => ({ columns: 40, rows: 4 }),
    appearance,
  };
  const display = new Display({ ...output, frameMs: 60_000, floodMs: 0 }, () => prompt);
  const line = (text: string, fleeting = true) => display.print([[{ text }]], fleeting);
  for (let count = 0; count < 4; count++) line(`all ${count}`);
  display.flush();
  line("bob, tea?", false);
  for (let count = 0; count < 100; count++) line(`line ${count}`);
  display.flush();
  line("short");
  display.print(Array.from("123456", (text) => [{ text }]), true);
  display.close();
  const [all, some, long] = written.map((text) => text.replace("\r\x1b[J", "").split("\r\n").slice(0, -1));
  assertEquals(all, ["all 0", "all 1", "all 2", "all 3"]);
  const separator = "── 97 lines skipped: they came too fast ──";
  assertEquals(some, ["bob, tea?", separator, "line 97", "line 98", "line 99"]);
  assertEquals(long?.slice(0, 2), ["── 1 line skipped: they came too fast ──", "1"]);
});

Deno.test("in a busy channel lines wait for the next frame, and a key is drawn at once", async () => {
  const written: string[] = [];
  let typed = "";
  const size = { columns: 20, rows: 5 };
  const display = new Display(
    { write: (text) => written.push(text), size: () => size, appearance, frameMs: 60_000 },
    () => ({ above: [], label: [{ text: "> " }], typed: [{ text: typed }], cursor: typed.length }),
  );
  display.print([[{ text: "one" }]]);
  await Promise.resolve();
  for (let count = 0; count < 1000; count++) display.print([[{ text: "two" }], [{ text: "three" }]]);
  await Promise.resolve();
  typed = "key";
  display.refresh();
  await Promise.resolve();
  const seen = written.map((text) => text.match(/[a-z]+(?=\r\n|\r.{3,}C$)/g)?.join(" "));
  display.close();
  assertEquals(seen, ["one", "key"]);
  assertEquals(written.at(-1)?.includes("two\r\nthree\r\n"), true);
});
