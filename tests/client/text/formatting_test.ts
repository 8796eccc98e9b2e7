import { assertEquals } from "@std/assert";
import { readFormatting, withBold } from "../../../lib/client/text/formatting.ts";

const formatted: readonly (readonly [string, unknown])[] = [
  ["\x02bold\x02 not", [{ bold: true, text: "bold" }, { bold: false, text: " not" }]],
  ["\x1ditalic\x0f plain", [{ italic: true, text: "italic" }, { text: " plain" }]],
  ["\x0304,01red", [{ color: "#ff0000", background: "#000000", text: "red" }]],
  ["\x034red\x03 back", [{ color: "#ff0000", text: "red" }, { text: " back" }]],
  ["\x0312345", [{ color: "#0000fc", text: "345" }]],
  ["\x0399,99none", [{ text: "none" }]],
  ["\x03,5no", [{ text: ",5no" }]],
  ["\x04ff8800hex", [{ color: "#ff8800", text: "hex" }]],
  ["\x1b[31m", [{ text: "␛[31m" }]],
  ["\x02", []],
];

for (const [text, spans] of formatted) {
  Deno.test(`readFormatting() reads ${JSON.stringify(text)}`, () =>
    assertEquals<unknown>(readFormatting(text), spans));
}

Deno.test("withBold() makes parts of a text bold, and leaves a text with formatting as it is", () => {
  assertEquals(withBold("a tea cake", [{ start: 2, end: 5 }]), "a \x02tea\x02 cake");
  assertEquals(withBold("a \x02tea", [{ start: 0, end: 1 }]), "a \x02tea");
});
