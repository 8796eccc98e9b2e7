import { assertEquals } from "@std/assert";
import { borderAfter, encodeLine } from "../../lib/net/encode.ts";

Deno.test("encodeLine() ends a line with CR LF", () => {
  assertEquals(encodeLine("PING é", "line"), new TextEncoder().encode("PING é\r\n"));
});

Deno.test("encodeLine() makes one WebSocket frame with the shortest possible header", () => {
  const table: [length: number, framing: "text" | "binary", header: number[]][] = [
    [0, "text", [0x81, 0]],
    [125, "text", [0x81, 125]],
    [126, "binary", [0x82, 126, 0, 126]],
    [65_535, "text", [0x81, 126, 0xff, 0xff]],
    [65_536, "binary", [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ];
  for (const [length, framing, header] of table) {
    const frame = encodeLine("x".repeat(length), framing);
    assertEquals([...frame.subarray(0, header.length)], header);
    assertEquals(frame.subarray(header.length), new Uint8Array(length).fill(0x78));
  }
});

Deno.test("encodeLine() counts bytes of UTF-8, not characters", () => {
  assertEquals([...encodeLine("é", "text")], [0x81, 2, 0xc3, 0xa9]);
});

Deno.test("borderAfter() finds the end of the line or frame, and stays at the start of one", () => {
  for (const framing of ["line", "text", "binary"] as const) {
    const parts = ["a", "", "b".repeat(200), "c".repeat(70_000), "d\n"].map((line) =>
      encodeLine(line, framing)
    );
    const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
    let start = 0;
    for (const part of framing === "line" ? parts.slice(0, 4) : parts) {
      const end = start + part.length;
      const found = [start, start + 1, end - 1, end].map((offset) => borderAfter(whole, offset, framing));
      assertEquals(found, [start, end, end, end]);
      start = end;
    }
  }
});

Deno.test("borderAfter() knows the answer to a handshake before the frames", () => {
  const answer = new TextEncoder().encode("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
  const frames = ["hello", "x".repeat(300)].map((line) => encodeLine(line, "text"));
  const whole = Uint8Array.from([answer, ...frames].flatMap((part) => [...part]));
  const [first, second] = [answer.length, answer.length + 7];
  const found = [1, first - 1, first, first + 1, second, second + 1];
  assertEquals(found.map((offset) => borderAfter(whole, offset, "text")), [
    first,
    first,
    first,
    second,
    second,
    whole.length,
  ]);
});

Deno.test("encodeLine() does not change the bytes of earlier lines", () => {
  const lines = Array.from({ length: 300 }, (_, i) => `PRIVMSG #tea :${"é".repeat(i * 7)}`);
  const encoded = lines.map((line) => encodeLine(line, "line"));
  assertEquals(encoded.map((bytes) => new TextDecoder().decode(bytes)), lines.map((line) => `${line}\r\n`));
});
