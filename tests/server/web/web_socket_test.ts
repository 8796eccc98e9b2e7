/** WebSockets into the hub, opened like a browser or an IRC app does. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Peer } from "../../support/peer.ts";
import { granted } from "../../support/permissions.ts";
import { overWebSocket, type Site, siteStory, startSite } from "../../support/site.ts";

const ignore = !granted("net", "read", "env");

siteStory("a browser and a TCP client talk", talk);
siteStory("all subprotocols work, and the client's first choice wins", protocols);
Deno.test({
  name: "pages of other sites are refused; our page and programs are accepted",
  ignore,
  fn: origins,
});
siteStory("a page of a domain that points to this server is refused, and the answer names the setting", {
  web: { names: ["chat.example"] },
}, rebinding);
siteStory("a malformed handshake is refused in one sentence", handshakes);
siteStory("pings are answered, fragments are joined, and a frame can contain several lines", frames);
siteStory("the page gets many lines in one frame, and pongs and the close in frames of their own", manyLines);
siteStory("a frame over the limit is refused, and the next one works", longFrame);
siteStory("an unmasked frame breaks the protocol and ends the connection", unmasked);

const port = (site: Site) => site.web.port;
const url = (site: Site) => `ws://127.0.0.1:${port(site)}/`;

async function talk(site: Site): Promise<void> {
  const [ann] = await site.chat.join("#tea", "ann");
  await using bob = await Peer.over(await overWebSocket(url(site)), "bob");
  await bob.join("#tea");
  bob.send("PRIVMSG #tea :héllo");
  await bob.lines();
  assertMatch(await ann.next(/ PRIVMSG /), / PRIVMSG #tea :héllo$/);
  ann.send("PRIVMSG bob :psst");
  assertMatch(await bob.next(/ PRIVMSG /), /^:ann!\S+ PRIVMSG bob :psst$/);
  // The peer checks that no frame is longer than a line of 512 bytes.
  ann.send(`PRIVMSG bob :${"word ".repeat(300)}`);
  assertEquals((await bob.until(/ PRIVMSG bob :(word )+$/)).length, 1);
  assertEquals((await bob.lines()).length, 3);
}

async function protocols(site: Site): Promise<void> {
  for (const protocol of ["text.ircv3.net", "binary.ircv3.net", "lines.parley"]) {
    await using peer = await Peer.over(await overWebSocket(url(site), [protocol, "other"]), "ann");
    assertEquals(await peer.lines(), []);
  }
}

/** Sends a handshake by hand; returns the socket and the head of the answer. */
async function handshake(
  site: Site,
  headers: Record<string, string>,
  method = "GET",
): Promise<{ socket: Deno.TcpConn; head: string }> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port: port(site) });
  const all = {
    Host: `127.0.0.1:${port(site)}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  await socket.write(new TextEncoder().encode(`${method} / HTTP/1.1\r\n${lines.join("")}\r\n`));
  let head = "";
  while (!head.includes("\r\n\r\n")) head += new TextDecoder().decode(await read(socket));
  return { socket, head };
}

async function read(socket: Deno.TcpConn): Promise<Uint8Array> {
  const bytes = new Uint8Array(4096);
  return bytes.subarray(0, await socket.read(bytes) ?? 0);
}

async function statusOf(site: Site, headers: Record<string, string>, method?: string): Promise<string> {
  const { socket, head } = await handshake(site, headers, method);
  socket.close();
  return head.split("\r\n")[0]?.split(" ")[1] ?? "";
}

async function origins(): Promise<void> {
  await using site = startSite({}, { origins: ["https://friend.example"] });
  assertEquals(await statusOf(site, {}), "101");
  assertEquals(await statusOf(site, { Origin: site.origin }), "101");
  assertEquals(await statusOf(site, { Origin: "https://friend.example" }), "101");
  for (const [scheme, usual] of [["https", 443], ["http", 80]]) {
    const Origin = `${scheme}://attic.local`;
    assertEquals(await statusOf(site, { Origin, Host: `Attic.local:${usual}` }), "101");
    assertEquals(await statusOf(site, { Origin, Host: "attic.local:8080" }), "403");
  }
  assertEquals(await statusOf(site, { Origin: "https://evil.example" }), "403");
  assertEquals(await statusOf(site, { Origin: "null" }), "403");
}

async function rebinding(site: Site): Promise<void> {
  const from = (host: string) => ({ Host: host, Origin: `http://${host}` });
  assertEquals(await statusOf(site, from(`evil.example:${port(site)}`)), "421");
  assertEquals(await statusOf(site, from(`chat.example:${port(site)}`)), "101");
  for (const path of ["/", "/metrics", "/healthz", "/upload", "/files/x"]) {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: port(site) });
    using _socket = socket;
    await socket.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: evil.example:1\r\n\r\n`));
    const answer = await until(socket, /example:1\n/);
    assertMatch(answer, /^HTTP\/1.1 421 /);
    assertMatch(
      answer,
      /does not know the name "evil.example": .* --web-address .* http:\/\/evil.example:1\n/,
    );
  }
}

async function handshakes(site: Site): Promise<void> {
  const { socket, head } = await handshake(site, {
    "Sec-WebSocket-Protocol": "binary.ircv3.net, text.ircv3.net",
  });
  socket.close();
  // The key and answer of RFC 6455 §1.3.
  assert(head.includes("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), head);
  assert(head.includes("Sec-WebSocket-Protocol: binary.ircv3.net"));
  assertEquals(await statusOf(site, { "Sec-WebSocket-Version": "8" }), "426");
  assertEquals(await statusOf(site, { "Sec-WebSocket-Key": "short" }), "400");
  assertEquals(await statusOf(site, { Upgrade: "h2c" }), "400");
  assertEquals(await statusOf(site, {}, "POST"), "400");
}

/** A frame of a client: masked, with a length of one or two bytes. */
function frame(first: number, payload: string | Uint8Array, masked = true): Uint8Array {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 255];
  const mask = [7, 99, 200, 13];
  if (!masked) return Uint8Array.of(first, ...length, ...bytes);
  length[0] = (length[0] ?? 0) | 0x80;
  return Uint8Array.of(first, ...length, ...mask, ...bytes.map((byte, at) => byte ^ (mask[at & 3] ?? 0)));
}

/** Reads until the received bytes, with frame headers, match as text. */
async function until(socket: Deno.TcpConn, wanted: RegExp): Promise<string> {
  let text = "";
  while (!wanted.test(text)) {
    const bytes = await read(socket);
    if (bytes.length === 0) return `${text}<end>`;
    text += Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
  return text;
}

async function frames(site: Site): Promise<void> {
  const { socket } = await handshake(site, {});
  using _socket = socket;
  const ping = frame(0x89, "are you there");
  const whole = [
    frame(0x01, "NI"),
    ping,
    frame(0x80, "CK ann"),
    frame(0x81, "USER ann 0 * :Ann\r\nPING a"),
    frame(0x81, ""),
  ];
  for (const byte of whole.flatMap((one) => [...one])) await socket.write(Uint8Array.of(byte));
  const text = await until(socket, / PONG \S+ a/);
  assert(text.includes("\x8a\x0dare you there"), "a pong with the ping's payload");
  assertMatch(text, / 001 ann /);
}

async function manyLines(site: Site): Promise<void> {
  const { socket, head } = await handshake(site, {
    "Sec-WebSocket-Protocol": "lines.parley, text.ircv3.net",
  });
  using _socket = socket;
  assertMatch(head, /\r\nSec-WebSocket-Protocol: lines\.parley\r\n\r\n$/);
  await socket.write(frame(0x81, "NICK ann\r\nUSER ann 0 * :Ann"));
  const welcome = await until(socket, / 422 ann :.*\r\n$/);
  assertMatch(welcome, /^\x81~..:\S+ 001 ann .*\r\n:\S+ 002 ann /);
  await socket.write(Uint8Array.of(...frame(0x81, "PING a"), ...frame(0x89, "b"), ...frame(0x81, "PING c")));
  const answers = await until(socket, /PONG \S+ c\r\n/);
  assertMatch(answers, /\x81.:\S+ PONG \S+ a\r\n/);
  assert(answers.includes("\x8a\x01b"), answers);
  await socket.write(frame(0x81, "QUIT"));
  // deno-lint-ignore no-control-regex -- the headers of the last frames
  assertMatch(await until(socket, /<never>/), /^\x81[^\r]+ERROR :.*\r\n\x88\x02\x03\xe9<end>$/);
}

async function longFrame(site: Site): Promise<void> {
  const { socket } = await handshake(site, {});
  using _socket = socket;
  await socket.write(frame(0x81, "x".repeat(20_000)));
  await socket.write(frame(0x81, "PING after"));
  const text = await until(socket, / PONG \S+ after/);
  assertMatch(text, / 417 /);
}

async function unmasked(site: Site): Promise<void> {
  const { socket } = await handshake(site, {});
  using _socket = socket;
  await socket.write(frame(0x81, "PING early", false));
  // deno-lint-ignore no-control-regex -- the bytes of a closing frame
  assertMatch(await until(socket, /<never>/), /\x88\x02\x03\xea<end>$/);
}
