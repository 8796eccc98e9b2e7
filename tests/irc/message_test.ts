/** Vectors: https://github.com/ircdocs/parser-tests (CC0), msg-split and msg-join, as JSON. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  body,
  escapeTagValue,
  format,
  formatTags,
  type Message,
  parse,
  unescapeTagValue,
  unshared,
} from "../../lib/irc/message.ts";
import joins from "../vectors/msg-join.json" with { type: "json" };
import splits from "../vectors/msg-split.json" with { type: "json" };

function message(tags: string[][], source: string, command: string, params: string[]): Message {
  return { tags: new Map(tags as [string, string][]), source, command, params };
}

Deno.test("parse() passes all public vectors", () => {
  for (const { input, tags, source, command, params } of splits) {
    assertEquals(parse(input), message(tags, source, command.toUpperCase(), params), input);
  }
});

Deno.test("format() writes a result that the public vectors allow", () => {
  for (const { tags, source, command, params, matches } of joins) {
    const line = format(message(tags, source, command, params));
    assertEquals(matches.includes(line), true, line);
  }
});

const parsed: [line: string, command: string, params: string[]][] = [
  ["privmsg #tea :hello there", "PRIVMSG", ["#tea", "hello there"]],
  ["PrivMsg   #tea   hello  ", "PRIVMSG", ["#tea", "hello"]],
  ["  PING x", "PING", ["x"]],
  ["PRIVMSG #tea hello:there", "PRIVMSG", ["#tea", "hello:there"]],
  ["PRIVMSG #tea : ", "PRIVMSG", ["#tea", " "]],
  ["USER ann 0 * :", "USER", ["ann", "0", "*", ""]],
  ["PRIVMSG #tea :\u{1F375} für alle", "PRIVMSG", ["#tea", "\u{1F375} für alle"]],
  ["ſtats x", "ſtats", ["x"]],
  [": PING x", "PING", ["x"]],
  ["@ PING x", "PING", ["x"]],
  ["@;=x; PING x", "PING", ["x"]],
];

Deno.test("parse() accepts irregular lines", () => {
  for (const [line, command, params] of parsed) {
    assertEquals(parse(line), message([], "", command, params), line);
  }
});

Deno.test("parse() refuses a line without a command", () => {
  for (
    const line of [
      "",
      " ",
      ":",
      ":ann",
      ":ann ",
      "@a=b",
      "@a=b ",
      "@a=b :ann",
      ":ann :PING",
      ":ann  :",
      ":ann @a x",
    ]
  ) {
    assertEquals(parse(line), undefined, line);
  }
});

Deno.test("parse() refuses NUL, CR and LF anywhere", () => {
  for (const control of ["\0", "\r", "\n"]) {
    for (
      const line of [`${control}PING x`, `PI${control}NG x`, `PING :x${control}`, `@a=${control} PING x`]
    ) {
      assertEquals(parse(line), undefined);
    }
  }
});

Deno.test("parse() separates more than 15 parameters", () => {
  const params = Array.from({ length: 40 }, (_, i) => `p${i}`);
  assertEquals(parse(`TEST ${params.join(" ")}`)?.params, params);
});

Deno.test("parse() puts all text after 254 parameters into the last one", () => {
  const params = parse(`TEST ${"x ".repeat(300)}`)?.params ?? [];
  assertEquals(params.length, 255);
  assertEquals(params.at(-1), "x ".repeat(46));
});

Deno.test("parse() uses one empty map for all lines without tags", () => {
  assertEquals(parse("PING x")?.tags === parse("@; PONG y")?.tags, true);
});

const escapes: [value: string, escaped: string][] = [
  ["", ""],
  ["plain", "plain"],
  ["a b;c\\d\r\n", "a\\sb\\:c\\\\d\\r\\n"],
  [";;", "\\:\\:"],
  ["\u{1F375} für", "\u{1F375}\\sfür"],
];

Deno.test("escapeTagValue() and unescapeTagValue() are inverse", () => {
  for (const [value, escaped] of escapes) {
    assertEquals(escapeTagValue(value), escaped);
    assertEquals(unescapeTagValue(escaped), value);
  }
});

Deno.test("unescapeTagValue() removes a backslash that escapes nothing", () => {
  assertEquals(unescapeTagValue("\\a\\b"), "ab");
  assertEquals(unescapeTagValue("end\\"), "end");
  assertEquals(unescapeTagValue("\\\\\\"), "\\");
});

Deno.test("formatTags() leaves out = for an empty value", () => {
  assertEquals(
    formatTags([["time", "12:30"], ["bot", ""], ["+draft/reply", "a b"]]),
    "time=12:30;bot;+draft/reply=a\\sb",
  );
  assertEquals(formatTags([]), "");
});

Deno.test("format() leaves out missing tags and a missing source", () => {
  assertEquals(format({ command: "PING", params: ["x"] }), "PING x");
  assertEquals(format({ tags: [], source: "", command: "PING", params: [] }), "PING");
});

const unwritable: [why: string, parts: Parameters<typeof format>[0]][] = [
  ["no command", { command: "", params: [] }],
  ["space in the command", { command: "PING x", params: [] }],
  ["command like a source", { command: ":PING", params: [] }],
  ["command like tags", { command: "@PING", params: [] }],
  ["space in the source", { source: "ann bob", command: "PING", params: [] }],
  ["empty middle parameter", { command: "PING", params: ["", "x"] }],
  ["space in a middle parameter", { command: "PING", params: ["a b", "x"] }],
  ["colon before a middle parameter", { command: "PING", params: [":a", "x"] }],
  ["LF in a parameter", { command: "PING", params: ["a\nQUIT"] }],
  ["CR in the source", { source: "ann\r", command: "PING", params: [] }],
  ["NUL in the command", { command: "PI\0NG", params: [] }],
  ["NUL in a tag", { tags: [["a", "\0"]], command: "PING", params: [] }],
  ["tag without a key", { tags: [["", "x"]], command: "PING", params: [] }],
  ["= in a key", { tags: [["a=b", "x"]], command: "PING", params: [] }],
  ["LF in a key", { tags: [["a\nb", "x"]], command: "PING", params: [] }],
  ["too many parameters", { command: "PING", params: Array.from({ length: 256 }, () => "x") }],
];

Deno.test("format() throws if the line would be parsed as something else", () => {
  for (const [why, parts] of unwritable) assertThrows(() => format(parts), RangeError, "Cannot format", why);
});

Deno.test("body() puts a colon before text, and before a last parameter that needs it", () => {
  assertEquals(body("ann!a@h", "PRIVMSG", ["#tea", "hello there"]), ":ann!a@h PRIVMSG #tea :hello there");
  assertEquals(body("ann!a@h", "PRIVMSG", ["#tea", "hello"]), ":ann!a@h PRIVMSG #tea :hello");
  assertEquals(body("ann!a@h", "MODE", ["#tea", "+o", "bob"]), ":ann!a@h MODE #tea +o bob");
  assertEquals(body("irc.tea", "TOPIC", ["#tea", ""]), ":irc.tea TOPIC #tea :");
  assertEquals(body("irc.tea", "PRIVMSG", ["#tea", ":)"]), ":irc.tea PRIVMSG #tea ::)");
  assertEquals(body("", "AWAY", []), "AWAY");
});

const word = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/[\0\r\n ]/.test(text));
const middle = word.filter((text) => !text.startsWith(":"));
const last = fc.string({ unit: "grapheme" }).filter((text) => !/[\0\r\n]/.test(text));
const key = fc.stringMatching(/^\+?[a-z0-9.\/-]{1,20}$/);
const value = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));

Deno.test("parse() reads every result of format()", () => {
  const messages = fc.record({
    tags: fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name }).map((pairs) => new Map(pairs)),
    source: fc.option(word, { nil: "" }),
    command: fc.stringMatching(/^([A-Z]{1,12}|[0-9]{3})$/),
    params: fc.tuple(fc.array(middle, { maxLength: 20 }), fc.array(last, { maxLength: 1 })).map((both) =>
      both.flat()
    ),
  });
  fc.assert(fc.property(messages, (parts) => assertEquals(parse(format(parts)), parts)));
});

Deno.test("format() writes every result of parse()", () => {
  const text = fc.string({ unit: fc.constantFrom(..."@:;=\\ \t#a!é\u{1F375}\0") });
  fc.assert(fc.property(text, (line) => {
    const message = parse(line);
    if (message) assertEquals(parse(format(message)), message);
  }));
});

Deno.test("unshared() gives the same text", () => {
  for (const text of ["", "a", "ann", "été 😀", "x".repeat(500)]) assertEquals(unshared(text), text);
});
