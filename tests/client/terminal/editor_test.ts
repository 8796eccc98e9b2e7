import { assertEquals } from "@std/assert";
import type { Editor } from "../../../lib/client/terminal/editor.ts";
import { edit, emptyEditor } from "../../../lib/client/terminal/editor.ts";
import { KeyReader } from "../../../lib/client/terminal/key_reader.ts";

/** "say| it" is the text "say it" with the cursor after "say". */
function drawn(text: string): Editor {
  const cursor = text.indexOf("|");
  return { ...emptyEditor, text: text.replace("|", ""), cursor };
}

function draw({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function press(editor: Editor, name: string): Editor {
  return edit(editor, { kind: "key", name }) ?? editor;
}

const rows: readonly (readonly [key: string, before: string, after: string])[] = [
  ["left", "ab|c", "a|bc"],
  ["left", "|abc", "|abc"],
  ["C-b", "漢字|", "漢|字"],
  ["left", "x👨‍👩‍👧|", "x|👨‍👩‍👧"],
  ["left", "e\u0301|", "|e\u0301"],
  ["right", "a|bc", "ab|c"],
  ["C-f", "abc|", "abc|"],
  ["right", "|😀b", "😀|b"],
  ["C-a", "say it|", "|say it"],
  ["home", "one\ntwo| three", "one\n|two three"],
  ["C-e", "|say it", "say it|"],
  ["end", "o|ne\ntwo", "one|\ntwo"],
  ["M-b", "foo, bar|", "foo, |bar"],
  ["M-b", "foo, |bar", "|foo, bar"],
  ["C-left", "über|all", "|überall"],
  ["M-f", "|foo, bar", "foo|, bar"],
  ["C-right", "foo|, bar", "foo, bar|"],
  ["backspace", "ab|c", "a|c"],
  ["backspace", "|abc", "|abc"],
  ["backspace", "a👍🏽|", "a|"],
  ["delete", "a|bc", "a|c"],
  ["C-d", "a|👍🏽c", "a|c"],
  ["C-k", "say| it", "say|"],
  ["C-k", "one|\ntwo", "one|two"],
  ["C-u", "say |it", "|it"],
  ["C-w", "foo, bar|", "foo, |"],
  ["C-w", "foo, bar  |", "foo, |"],
  ["C-w", "https://a.b/c|", "|"],
  ["M-backspace", "https://a.b/c|", "https://a.b/|"],
  ["M-d", "say| hello there", "say| there"],
  ["C-t", "teh|", "the|"],
  ["C-t", "t|eh", "et|h"],
  ["C-t", "|teh", "|teh"],
  ["M-enter", "one|two", "one\n|two"],
  ["C-j", "one|", "one\n|"],
];

for (const [key, before, after] of rows) {
  Deno.test(`${key} makes ${JSON.stringify(after)} of ${JSON.stringify(before)}`, () => {
    assertEquals(draw(press(drawn(before), key)), after);
  });
}

Deno.test("C-y inserts the text that C-w, C-k or C-u cut, not the text that backspace deleted", () => {
  const cut = press(press(drawn("say it|"), "C-w"), "backspace");
  assertEquals(draw(press(cut, "C-y")), "sayit|");
});

Deno.test("typed text is inserted at the cursor, without control characters", () => {
  const typed = edit(drawn("a|b"), { kind: "text", text: "漢" });
  assertEquals(typed && draw(typed), "a漢|b");
  const pasted = edit(drawn("a|b"), { kind: "paste", text: "1\t2\n3\x1b[2J\x9b" });
  assertEquals(pasted && draw(pasted), "a1\t2\n3[2J|b");
});

Deno.test("edit() ignores keys that do not edit the line", () => {
  assertEquals(edit(drawn("a|"), { kind: "key", name: "enter" }), undefined);
  assertEquals(edit(drawn("a|"), { kind: "key", name: "toString" }), undefined);
});

Deno.test("every key keeps the cursor inside the text and between graphemes", () => {
  const reader = new KeyReader();
  let editor = emptyEditor;
  let seed = 7;
  for (let step = 0; step < 5000; step++) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    const bytes = new TextEncoder().encode(
      ["a", "漢", "👨‍👩‍👧", " ", "\x02", "\x06", "\x17", "\x19", "\x14", "\x7f", "\n"][seed % 11],
    );
    for (const key of reader.read(bytes)) editor = edit(editor, key) ?? editor;
    if (editor.text.length > 200) editor = emptyEditor;
    assertEquals(editor.cursor >= 0 && editor.cursor <= editor.text.length, true);
    assertEquals(/^[\udc00-\udfff]/.test(editor.text.slice(editor.cursor)), false);
  }
});
