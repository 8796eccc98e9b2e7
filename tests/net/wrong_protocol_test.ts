import { assertEquals } from "@std/assert";
import { httpRefusal, wrongProtocol } from "../../lib/net/wrong_protocol.ts";

Deno.test("wrongProtocol() distinguishes TLS, HTTP and PROXY headers from possible IRC", () => {
  const table: [start: string, which: ReturnType<typeof wrongProtocol>][] = [
    ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP"],
    ["POST /upload HTTP/1.1\r\n", "HTTP"],
    ["OPTIONS * HTTP/1.1\r\n", "HTTP"],
    ["GET http://chat.test/ HTTP/1.1\r\n", "HTTP"],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP"],
    ["GET /" + "x".repeat(5_000), "HTTP"],
    ["\x16\x03\x01\x02\x00\x01\x00", "TLS"],
    ["PROXY TCP4 203.0.113.9 10.0.0.5 4711 6667\r\n", "PROXY"],
    ["\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "PROXY"],
    ["\r\n\r\nQUIT\r\n", undefined],
    ["PROXY", undefined],
    ["\x16", undefined],
    ["", undefined],
    ["NICK ann\r\n", undefined],
    ["CAP LS 302\r\n", undefined],
    ["GET\r\n", undefined],
    ["GET me\r\n", undefined],
    ["CONNECT hub.chat.test 6667\r\n", undefined],
    ["@typing=active TAGMSG #tea\r\n", undefined],
  ];
  for (const [start, which] of table) {
    assertEquals(wrongProtocol(Uint8Array.from(start, (letter) => letter.charCodeAt(0))), which, start);
  }
});

Deno.test("httpRefusal() is a complete response with the sentence as its body", () => {
  const [head = "", body] = new TextDecoder().decode(httpRefusal("Göod day")).split("\r\n\r\n");
  assertEquals(head.split("\r\n")[0], "HTTP/1.1 400 Bad Request");
  assertEquals([head.match(/Content-Length: (\d+)/)?.[1], body], ["10", "Göod day\n"]);
});
