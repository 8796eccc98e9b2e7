/** Bytes → lines: the result for all ways to split the bytes, and the memory it takes. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Line, LineSplitter, utf8Bytes } from "../../lib/irc/lines.ts";

const limits = { tagBytes: 20, bodyBytes: 12 };
const tooLong: Line = { fault: "too long" };
const notText: Line = { fault: "not UTF-8" };

/** Text as bytes; "\xff" in `text` becomes the byte FF, which UTF-8 never contains. */
function bytesOf(text: string): Uint8Array {
  return new Uint8Array(
    text.split("\xff").flatMap((part, i) => [...(i > 0 ? [0xff] : []), ...new TextEncoder().encode(part)]),
  );
}

/** Passes `bytes` in reads of at most `readBytes`. */
function read(splitter: LineSplitter, bytes: Uint8Array, readBytes = Infinity): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = splitter.space();
    const part = bytes.subarray(at, at + Math.min(space.length, readBytes));
    space.set(part);
    for (const line of splitter.take(part.length)) {
      lines.push(typeof line === "string" ? line : { fault: line.fault });
    }
    at += part.length;
  }
  return lines;
}

const cases: [what: string, text: string, lines: Line[]][] = [
  ["nothing", "", []],
  ["CR LF", "PING x\r\n", ["PING x"]],
  ["LF alone", "PING x\nPING y\n", ["PING x", "PING y"]],
  ["only one CR is taken off", "PING\r\r\n", ["PING\r"]],
  ["a CR inside stays", "A\rB\r\n", ["A\rB"]],
  ["empty lines", "\r\n\n\r\n\nA\n\r\n", ["A"]],
  ["an unfinished line", "A\r\nB", ["A"]],
  ["a BOM is text", "\ufeffA\n", ["\ufeffA"]],
  ["NUL is text", "A\0B\n", ["A\0B"]],
  ["beyond ASCII", "für\r\n\u{1F375}\r\n", ["für", "\u{1F375}"]],
  ["body at its limit", "0123456789\r\n", ["0123456789"]],
  ["body at its limit, LF alone", "0123456789\n", ["0123456789"]],
  ["body over its limit", "0123456789a\r\nA\r\n", [tooLong, "A"]],
  ["body over its limit, LF alone", "0123456789a\nA\n", [tooLong, "A"]],
  ["far over its limit", `${"0123456789".repeat(50)}\nA\n`, [tooLong, "A"]],
  ["bytes count, not characters", "éééé\r\nééééé\r\nééééé.\r\n", ["éééé", "ééééé", tooLong]],
  ["four bytes", "\u{1F375}\u{1F375}ab\n\u{1F375}\u{1F375}abc\n", ["\u{1F375}\u{1F375}ab", tooLong]],
  ["tags are apart", "@a=1234567890123456 0123456789\r\n", ["@a=1234567890123456 0123456789"]],
  ["tags over their limit", "@a=12345678901234567 A\r\nA\r\n", [tooLong, "A"]],
  ["body behind tags over its limit", "@a 0123456789a\r\n", [tooLong]],
  ["@ inside a body", "A @345678901234567890\r\n", [tooLong]],
  ["tags and no more", "@a=12345678901234567\r\n", ["@a=12345678901234567"]],
  ["too many tags and no more", "@a=123456789012345678\r\n", [tooLong]],
  ["tags beyond ASCII", "@a=ééééééé 0123\r\n@a=éééééééé 0123\r\n@a=ééééééééé A\r\n", [
    "@a=ééééééé 0123",
    "@a=éééééééé 0123",
    tooLong,
  ]],
  ["U+FFFD is text", "\ufffd\r\nA\ufffd\r\n", ["\ufffd", "A\ufffd"]],
  ["U+FFFD beside what is not UTF-8", "\ufffd\n\ufffd\xff\n\xff\ufffd\n", ["\ufffd", notText, notText]],
  ["not UTF-8", "A\n\xff\nB\n", ["A", notText, "B"]],
  ["not UTF-8 among good lines", "A\r\nfür\r\n:\xff:\r\n\r\n\u{1F375}\r\n", [
    "A",
    "für",
    notText,
    "\u{1F375}",
  ]],
  ["too long and not UTF-8", "\xff0123456789\nA\n", [tooLong, "A"]],
];

Deno.test("LineSplitter splits bytes into lines", () => {
  for (const [what, text, lines] of cases) {
    assertEquals(read(new LineSplitter(limits), bytesOf(text)), lines, what);
  }
});

Deno.test("LineSplitter gives the same lines for all ways to split the reads", () => {
  for (const [what, text, lines] of cases) {
    for (const readBytes of [1, 2, 3, 7]) {
      assertEquals(
        read(new LineSplitter(limits, 4), bytesOf(text), readBytes),
        lines,
        `${what}, ${readBytes}`,
      );
    }
  }
});

const soup = fc.string({
  unit: fc.constantFrom("\n", "\r\n", "\xff", "@", " ", "é", "\u{1F375}", "\ufffd", "a", "bcdefghi"),
  maxLength: 80,
});

Deno.test("LineSplitter gives the same lines for any chunks of any bytes", () => {
  const chunking = fc.record({
    text: soup,
    readBytes: fc.integer({ min: 1, max: 40 }),
    firstBytes: fc.integer({ min: 1, max: 99 }),
  });
  fc.assert(fc.property(chunking, ({ text, readBytes, firstBytes }) => {
    const bytes = bytesOf(text);
    const whole = read(new LineSplitter(limits, 4096), bytes);
    assertEquals(read(new LineSplitter(limits, firstBytes), bytes, readBytes), whole);
  }));
});

/** The result by the limits, line by line, without a buffer. */
function expected(text: string): Line[] {
  return text.split("\n").slice(0, -1).map((line) => line.replace(/\r$/, "")).filter((line) => line !== "")
    .map((line) => {
      const tags = /^@[^ ]* ?/.exec(line)?.[0] ?? "";
      const bytes = bytesOf(line).length;
      const most = bytesOf(tags).length;
      if (most > limits.tagBytes || bytes - most > limits.bodyBytes - 2) return tooLong;
      return line.includes("\xff") ? notText : line;
    });
}

Deno.test("LineSplitter keeps the text of a line that is not UTF-8, so that its command is known", () => {
  const splitter = new LineSplitter(limits);
  const bytes = bytesOf("JOIN #\xff\r\n");
  splitter.space().set(bytes);
  assertEquals(splitter.take(bytes.length), [{ fault: "not UTF-8", text: "JOIN #\ufffd" }]);
});

Deno.test("LineSplitter enforces its limits", () => {
  fc.assert(
    fc.property(soup, (text) => assertEquals(read(new LineSplitter(limits), bytesOf(text)), expected(text))),
  );
});

Deno.test("LineSplitter joins a character that two reads share", () => {
  const splitter = new LineSplitter(limits);
  const bytes = bytesOf("\u{1F375}\n");
  assertEquals(read(splitter, bytes.subarray(0, 2)), []);
  assertEquals(read(splitter, bytes.subarray(2)), ["\u{1F375}"]);
});

Deno.test("LineSplitter recognises invalid UTF-8 like a strict decoder", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const byte = fc.constantFrom(0x41, 0x80, 0xbd, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xff);
  fc.assert(
    fc.property(fc.array(byte, { minLength: 1, maxLength: 9 }), (bytes) => {
      const [line] = read(new LineSplitter(limits), new Uint8Array([...bytes, 0x0a]));
      if (typeof line === "object") assertThrows(() => strict.decode(new Uint8Array(bytes)));
      else assertEquals(line, strict.decode(new Uint8Array(bytes)));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("LineSplitter reads a whole 64 KiB of lines at once", () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `PING ${i}`);
  const splitter = new LineSplitter({ tagBytes: 8191, bodyBytes: 4096 }, 64 * 1024);
  assertEquals(read(splitter, bytesOf(lines.join("\r\n") + "\r\n")), lines);
});

Deno.test("LineSplitter grows its buffer while reads fill it, up to 64 KiB", () => {
  const splitter = new LineSplitter({ tagBytes: 8191, bodyBytes: 4096 });
  const sizes = [1024, 4096, 16384, 65536, 65536, 65536];
  for (const size of sizes) {
    assertEquals(splitter.space().length, size);
    splitter.space().fill(0x0a);
    splitter.take(size);
  }
});

Deno.test("LineSplitter does not grow if reads leave room", () => {
  const splitter = new LineSplitter(limits);
  for (let i = 0; i < 100; i++) read(splitter, bytesOf("A\n".repeat(511)));
  assertEquals(splitter.space().length, 1024);
});

Deno.test("LineSplitter.idle() releases memory and keeps the incomplete line", () => {
  const splitter = new LineSplitter({ tagBytes: 8191, bodyBytes: 4096 });
  read(splitter, bytesOf("A\n".repeat(40_000) + "half"));
  splitter.idle();
  assertEquals(splitter.space().length, 1024 - 4);
  assertEquals(read(splitter, bytesOf(" and half\n")), ["half and half"]);
});

Deno.test("LineSplitter.idle() leaves room after a long incomplete line", () => {
  const splitter = new LineSplitter({ tagBytes: 8191, bodyBytes: 4096 });
  read(splitter, bytesOf("A\n".repeat(40_000) + "x".repeat(1024)));
  splitter.idle();
  assertEquals(splitter.space().length, 4096 - 1024);
  assertEquals(read(splitter, bytesOf("\n")), ["x".repeat(1024)]);
});

Deno.test("LineSplitter skips an endless line in constant memory", () => {
  const splitter = new LineSplitter({ tagBytes: 8191, bodyBytes: 4096 });
  for (const start of ["", "@", "@a "]) {
    read(splitter, bytesOf(start));
    for (let i = 0; i < 50; i++) assertEquals(read(splitter, new Uint8Array(65536).fill(0x78)), []);
    assertEquals(splitter.space().length, 65536);
    assertEquals(read(splitter, bytesOf("\nA\n")), [tooLong, "A"]);
  }
});

Deno.test("LineSplitter has room for the longest line its limits allow", () => {
  const splitter = new LineSplitter({ tagBytes: 200_000, bodyBytes: 100_000 });
  const line = `@${"a".repeat(199_998)} ${"b".repeat(99_998)}`;
  assertEquals(read(splitter, bytesOf(`${line}\r\n${line}b\r\n`)), [line, tooLong]);
});

Deno.test("LineSplitter refuses an empty buffer", () => {
  assertThrows(() => new LineSplitter(limits, 0), RangeError, "firstBytes must be > 0: it is 0");
});

Deno.test("utf8Bytes() gives the length that the encoder writes", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(text, (text) => assertEquals(utf8Bytes(text), new TextEncoder().encode(text).length)),
  );
  assertEquals(utf8Bytes("aé€\u{1F375}", 1, 3), 5);
});
