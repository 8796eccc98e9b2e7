/** The web side of the real program: its banner, its addresses for files, and the files after its end. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Peer } from "../../support/peer.ts";
import { granted, programPermissions } from "../../support/permissions.ts";
import { serverPermissions } from "../../support/guide_permissions.ts";
import { type RunningServer, serverStory, startServer } from "../../support/server.ts";
import { upload, uploadToken } from "../../support/upload.ts";

const ignore = !granted(...programPermissions);

serverStory("a server for the whole network prints its address", { flags: ["--host", "0.0.0.0"] }, network);
serverStory("--qr prints the address of the page as a QR code", { flags: ["--qr"] }, code);
serverStory("--web-address is the address in the banner and in ISUPPORT", {
  flags: ["--web-address", "https://chat.example/"],
}, address);
Deno.test({ name: "an invalid --web-address is refused in one sentence", ignore, fn: nonsense });
Deno.test({
  name: "a proxy can send the name of --web-address or the server's own name",
  ignore,
  fn: proxied,
});
Deno.test({ name: "the files of an ephemeral server are deleted at its end", ignore, fn: ephemeral });

Deno.test({ name: "a large upload and download are not held in memory", ignore, fn: large });

const page = (server: RunningServer) => /^ +browser +(\S+)/m.exec(server.stdout.join("\n"))?.[1] ?? "";

async function network(server: RunningServer): Promise<void> {
  const url = new URL(page(server));
  assert(url.hostname !== "0.0.0.0", url.href);
  const answer = await fetch(url);
  assertMatch(await answer.text(), /<title>Parley<\/title>/);
  if (url.hostname === "127.0.0.1") return;
  const home =
    `http://127.0.0.1:${server.webPort}/ or irc://127.0.0.1:${server.port} (here passwords work without TLS)`;
  assert(
    server.stdout.some((line) => line.startsWith(`  on this machine  ${home}`)),
    server.stdout.join("\n"),
  );
}

async function code(server: RunningServer): Promise<void> {
  const peer = await Peer.connect(server.port, "ann");
  await peer[Symbol.asyncDispose]();
  assert(server.stdout.some((line) => /^██ ▄▄▄▄▄ /.test(line)), server.stdout.join("\n"));
}

async function address(server: RunningServer): Promise<void> {
  assertEquals(page(server), "https://chat.example/");
  await using ann = await Peer.connect(server.port, "ann", { register: false });
  ann.send("CAP REQ batch", "NICK ann", "USER ann 0 * :Ann", "CAP END");
  await ann.next(/ soju\.im\/FILEHOST=https:\/\/chat\.example\/upload /);
}

async function nonsense(): Promise<void> {
  const failure = await startServer(["--web-address", "chat.example"]).then(() => "", String);
  assertMatch(
    failure,
    /Cannot use --web-address "chat.example": write an address such as https:\/\/chat.example/,
  );
}

async function proxied(): Promise<void> {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  await using _server = await startServer([
    "--web-address",
    "https://chat.example",
    "--web-port",
    String(port),
  ]);
  const statusOf = async (headers: Record<string, string>) => {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port });
    const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
    const all = { ...upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    await socket.write(new TextEncoder().encode(`GET / HTTP/1.1\r\n${lines.join("")}\r\n`));
    const answer = new Uint8Array(99);
    await socket.read(answer);
    return new TextDecoder().decode(answer).split(" ")[1];
  };
  const Origin = "https://chat.example";
  assertEquals(await statusOf({ Host: "chat.example", Origin }), "101");
  assertEquals(await statusOf({ Host: `127.0.0.1:${port}`, Origin }), "101");
  const forged = { "X-Forwarded-Host": "chat.example", Origin: "http://evil.example" };
  assertEquals(await statusOf({ Host: "evil.example", ...forged }), "421");
}

/** The path of an uploaded file. */
async function send(server: RunningServer, ann: Peer, body: BodyInit): Promise<string> {
  const posted = await upload(server, await uploadToken(ann), body);
  await posted.body?.cancel();
  return posted.headers.get("location") ?? "";
}

async function large(): Promise<void> {
  const megabyte = 1024 ** 2;
  await using server = await startServer();
  await using ann = await Peer.connect(server.port, "ann", { caps: ["batch"] });
  const origin = `http://127.0.0.1:${server.webPort}`;
  const resident = async () => {
    const text = await (await fetch(`${origin}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1]) / megabyte;
  };
  const before = await resident();
  const piece = new Uint8Array(megabyte);
  const path = await send(server, ann, ReadableStream.from(Array.from({ length: 400 }, () => piece)));
  const got = await fetch(origin + path);
  let bytes = 0;
  for await (const chunk of got.body ?? []) bytes += chunk.length;
  assertEquals(bytes, 400 * megabyte);
  const grown = await resident() - before;
  assert(grown < 250, `${grown} MiB more than before`);
  await server.stop();
}

async function ephemeral(): Promise<void> {
  const server = await startServer([], {}, { permissions: serverPermissions("/tmp") });
  const ann = await Peer.connect(server.port, "ann", { caps: ["batch"] });
  const id = (await send(server, ann, "x")).split("/")[2] ?? "";
  const folders = () => {
    const parent = "/tmp";
    const names = [...Deno.readDirSync(parent)].map(({ name }) => name);
    return names.filter((name) => name.startsWith("parley-files-") && exists(`${parent}/${name}/${id}`));
  };
  assertEquals(folders().length, 1);
  await ann[Symbol.asyncDispose]();
  await server.stop();
  assertEquals(folders(), []);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
