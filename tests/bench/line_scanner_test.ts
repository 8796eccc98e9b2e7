/** The load of the benchmark counts every line once, and as what it is. */
import { assertEquals } from "@std/assert";
import { FrameReader, framesOf } from "./frames.ts";
import { benchLine, sequenceAt } from "./line.ts";
import { LineScanner } from "./line_scanner.ts";

const encoder = new TextEncoder();
const delivery = (sequence: number) => new TextDecoder().decode(benchLine("#tea", 0, sequence)).trimEnd();

/** The lines that a listener gets when the text arrives in parts of this many bytes. */
function heard(text: string, bytes: number): (string | number)[] {
  const found: (string | number)[] = [];
  const scanner = new LineScanner(1024);
  const all = encoder.encode(text);
  for (let at = 0; at < all.length; at += bytes) {
    const part = all.subarray(at, at + bytes);
    scanner.readBuffer.set(part);
    scanner.take(part.length, {
      wantsOthers: true,
      delivery: (buffer, end) => found.push(sequenceAt(buffer, end)),
      other: (line) => found.push(line.trimEnd()),
    });
  }
  return found;
}

Deno.test("two lines that are together as long as the one before are two lines", () => {
  const text = [delivery(1), `:x 366 ann ${"y".repeat(60)}`, ":x 366 bob :End", delivery(2), delivery(3)];
  for (const bytes of [1, 7, 100, 1000]) {
    assertEquals(heard(`${text.join("\r\n")}\r\n`, bytes), [1, text[1], text[2], 2, 3]);
  }
  const [long, short] = ["a".repeat(40), "b".repeat(19)];
  assertEquals(heard(`${long}\r\n${short}\r\n${short}\r\n`, 1000), [long, short, short]);
});

Deno.test("frames of a WebSocket become the lines that were sent, also when a frame arrives in parts", () => {
  const lines = `${delivery(1)}\r\nPING :${"z".repeat(200)}\r\n`;
  // A server does not mask its frames, so the mask of the load is taken off first.
  const frames = unmasked(framesOf(encoder.encode(lines)));
  for (const bytes of [1, 50, 500]) {
    const reader = new FrameReader(1024);
    const into = new Uint8Array(1024);
    let text = "";
    for (let at = 0; at < frames.length; at += bytes) {
      const part = frames.subarray(at, at + bytes);
      reader.readBuffer.set(part);
      reader.received(part.length);
      text += new TextDecoder().decode(into.subarray(0, reader.unpack(into)));
    }
    assertEquals(text, lines);
  }
});

function unmasked(frames: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < frames.length;) {
    const short = (frames[at + 1] ?? 0) & 127;
    const isLong = short === 126;
    const length = isLong ? ((frames[at + 2] ?? 0) << 8) | (frames[at + 3] ?? 0) : short;
    const mask = at + (isLong ? 4 : 2);
    bytes.push(frames[at] ?? 0, short, ...(isLong ? [length >> 8, length & 255] : []));
    for (let i = 0; i < length; i++) bytes.push((frames[mask + 4 + i] ?? 0) ^ (frames[mask + (i & 3)] ?? 0));
    at = mask + 4 + length;
  }
  return Uint8Array.from(bytes);
}
