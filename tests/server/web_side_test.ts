/** The web side of the real program: what it prints, what it tells about files, what it leaves behind. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { granted } from "../support/permissions.ts";
import { Peer } from "../support/peer.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const ignore = !granted("run", "net", "read", "write", "env");

Deno.test({ name: "a server for the whole network says under which address", ignore, fn: network });
Deno.test({ name: "--qr prints the page's address as a code", ignore, fn: code });
Deno.test({ name: "--web-address is what people and files are told", ignore, fn: address });
Deno.test({ name: "--web-address that is none is refused in one sentence", ignore, fn: nonsense });
Deno.test({ name: "files of an ephemeral server go with it", ignore, fn: ephemeral });

const page = (server: RunningServer) => /in a browser +(\S+)/.exec(server.stdout.join("\n"))?.[1] ?? "";

async function network(): Promise<void> {
  await using server = await startServer(["--host", "0.0.0.0"]);
  const url = new URL(page(server));
  assert(url.hostname !== "0.0.0.0", url.href);
  const answer = await fetch(url);
  assertMatch(await answer.text(), /<title>Parley<\/title>/);
}

async function code(): Promise<void> {
  await using server = await startServer(["--qr"]);
  const peer = await Peer.connect(server.port, "ann");
  await peer[Symbol.asyncDispose]();
  assert(server.stdout.some((line) => /^██ ▄▄▄▄▄ /.test(line)), server.stdout.join("\n"));
}

async function address(): Promise<void> {
  await using server = await startServer(["--web-address", "https://chat.example/"]);
  assertEquals(page(server), "https://chat.example/");
  await using ann = await Peer.connect(server.port, "ann", { register: false });
  ann.send("NICK ann", "USER ann 0 * :Ann");
  await ann.next(/ soju\.im\/FILEHOST=https:\/\/chat\.example\/upload /);
}

async function nonsense(): Promise<void> {
  const failure = await startServer(["--web-address", "chat.example"]).then(() => "", String);
  assertMatch(failure, /Cannot use --web-address "chat.example": write it as https:\/\/chat.example/);
}

async function ephemeral(): Promise<void> {
  const server = await startServer();
  const ann = await Peer.connect(server.port, "ann", { caps: ["batch"] });
  ann.send("TOKEN GENERATE FILEHOST");
  const token = / TOKEN GENERATE \* (\S+)$/.exec(await ann.next(/ TOKEN GENERATE /))?.[1];
  const headers = { authorization: `Bearer ${token}` };
  const posted = await fetch(`http://127.0.0.1:${server.webPort}/upload`, {
    method: "POST",
    body: "x",
    headers,
  });
  await posted.body?.cancel();
  const id = posted.headers.get("location")?.split("/")[2] ?? "";
  const folders = () => {
    const parent = Deno.env.get("TMPDIR") ?? "/tmp";
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
