import { assert, assertEquals } from "@std/assert";
import { encodeLine } from "../../lib/net/encode.ts";
import { frameLines } from "../../lib/net/line_frames.ts";
import { Flusher } from "../../lib/net/send_queue.ts";
import { type StreamSocket, webSocketConnection } from "../../lib/net/stream.ts";

const text = new TextDecoder();

/** The frames of some bytes: their first byte, and their payload as text. */
function* framesIn(bytes: Uint8Array): Generator<readonly [first: number, payload: string]> {
  for (let at = 0; at < bytes.length;) {
    const [first = 0, short = 0] = bytes.subarray(at);
    const start = at + (short < 126 ? 2 : 4);
    const length = short < 126 ? short : new DataView(bytes.buffer, bytes.byteOffset).getUint16(at + 2);
    at = start + length;
    yield [first, text.decode(bytes.subarray(start, at))];
  }
}

Deno.test("frameLines() puts whole lines in text frames of at most 16 KiB, in order", () => {
  const lines = Array.from({ length: 900 }, (_, at) => `:ann PRIVMSG #tea :${"é".repeat(at % 40)} ${at}\r\n`);
  lines.splice(500, 0, `:ann PRIVMSG #tea :${"x".repeat(20_000)}\r\n`);
  const bytes = new TextEncoder().encode(lines.join(""));
  const frames = [...framesIn(frameLines(bytes))];
  assertEquals(frames.map(([, payload]) => payload).join(""), lines.join(""));
  for (const [first, payload] of frames) {
    assert(first === 0x81 && payload.startsWith(":ann") && payload.endsWith("\r\n"));
    assert(payload.length < 16_384 || payload.includes("x".repeat(20_000)));
  }
  assert(frames.length < 10, `${frames.length} frames`);
});

Deno.test("frameLines() leaves an answer of HTTP and control frames as they are", () => {
  const answer = new TextEncoder().encode("HTTP/1.1 101 Switching Protocols\r\n\r\n");
  const [hello, bye] = ["hello", "bye"].map((line) => encodeLine(line, "lines"));
  const pong = Uint8Array.of(0x8a, 1, 0x0a);
  const parts = [answer, hello, pong, pong, bye, pong].map((part) => part ?? new Uint8Array());
  const places = parts.map((part, at) => ({
    at: parts.slice(0, at).reduce((sum, { length }) => sum + length, 0),
    bytes: part.length,
  }));
  const unframed = places.filter((_, at) => parts[at] === answer || parts[at] === pong);
  const bytes = frameLines(Uint8Array.from(parts.flatMap((part) => [...part])), unframed);
  assertEquals(bytes.subarray(0, answer.length), answer);
  assertEquals([...framesIn(bytes.slice(answer.length))], [
    [0x81, "hello\r\n"],
    [0x8a, "\n"],
    [0x8a, "\n"],
    [0x81, "bye\r\n"],
    [0x8a, "\n"],
  ]);
});

Deno.test("frameLines() makes the frames of the same bytes once", () => {
  const [one, other] = ["one", "other"].map((line) => encodeLine(line, "lines"));
  assert(one !== undefined && other !== undefined);
  const frames = frameLines(one);
  assert(frameLines(one) === frames);
  assertEquals([...framesIn(frameLines(other))], [[0x81, "other\r\n"]]);
  assertEquals([...framesIn(frameLines(one))], [[0x81, "one\r\n"]]);
});

Deno.test("a reader of many lines in a frame that is too slow is cut off between two frames, with an error", async () => {
  const sent: number[] = [];
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const never = new Promise<number | null>(() => {});
  const socket: StreamSocket = {
    remoteAddr: { hostname: "127.0.0.1", port: 1 },
    read: () => never,
    write: (bytes) => {
      sent.push(...bytes.subarray(0, 10_000));
      return Promise.resolve(Math.min(bytes.length, 10_000));
    },
    closeWrite: () => Promise.resolve(close()),
    close: () => {},
  };
  const flusher = new Flusher();
  const options = { flusher, limits: { tagBytes: 512, bodyBytes: 512 }, maxQueueBytes: 60_000 };
  const connection = webSocketConnection(socket, "lines", options);
  const line = encodeLine(`:ann PRIVMSG #tea :${"x".repeat(400)}`, "lines");
  for (let at = 0; at < 100; at++) connection.write(line);
  flusher.now();
  while (connection.ended === undefined) connection.write(line);
  await closed;
  connection.abort();
  const frames = [...framesIn(Uint8Array.from(sent))].map(([first, payload]) => [first, payload]);
  assertEquals(frames.pop(), [0x81, "ERROR :SendQ exceeded\r\n"]);
  const rest = frames.map(([, payload]) => payload).join("");
  assert(frames.length > 0 && rest === text.decode(line).repeat(rest.length / line.length));
});
