/** The load of the benchmark counts every line once, and as what it is. */
import { assertEquals } from "@std/assert";
import { encodeLine } from "../../lib/net/encode.ts";
import { FrameReader as ServerFrameReader } from "../../lib/net/web_socket_frames.ts";
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
  const lines = [delivery(1), `PING :${"z".repeat(200)}`];
  const frames = Uint8Array.from(lines.flatMap((line) => [...encodeLine(line, "text")]));
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
    assertEquals(text, `${lines.join("\r\n")}\r\n`);
  }
});

Deno.test("the server reads each frame of the load as the line that was sent", () => {
  const lines = [delivery(1), `PING :${"z".repeat(200)}`];
  const frames = framesOf(encoder.encode(`${lines.join("\r\n")}\r\n`));
  const reader = new ServerFrameReader({ tagBytes: 1024, bodyBytes: 512 });
  reader.space().set(frames);
  assertEquals(reader.take(frames.length), lines);
});
