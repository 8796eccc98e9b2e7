import { assertEquals, assertRejects } from "@std/assert";
import { uploadFile } from "../../../lib/client/core/upload.ts";
import { openFile, saveFile } from "../../../lib/client/terminal/local_files.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";

const ignore = !granted("net", "read", "write");

/** A server that accepts files, except the text "big", and serves a fixed answer. */
function host(): Deno.HttpServer<Deno.NetAddr> & { readonly got: string[] } {
  const got: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (request.method === "GET") return new Response(new URL(request.url).pathname);
    const { headers } = request;
    got.push(
      `${headers.get("authorization")} ${headers.get("content-type")} ${headers.get("content-disposition")}`,
    );
    const text = await request.text();
    got.push(text);
    if (text === "big") return new Response("The file is larger than 2 bytes\n", { status: 413 });
    return new Response("Saved", { status: 201, headers: { location: "/files/1/tea%20time.txt" } });
  });
  return Object.assign(server, { got });
}

Deno.test({
  name: "a file is sent with its name, type and token, and saved under a new name",
  ignore,
  async fn() {
    using place = temporaryFolder();
    await using server = host();
    const origin = `http://127.0.0.1:${server.addr.port}`;
    Deno.writeTextFileSync(`${place.folder}/tea time.txt`, "green");
    const file = await openFile("~/tea time.txt", place.folder);
    const sent: number[] = [];
    const address = await uploadFile(`${origin}/upload`, "abc", file, {
      onProgress: (done) => void sent.push(done),
    });
    assertEquals(address, `${origin}/files/1/tea%20time.txt`);
    assertEquals(server.got, [
      "Bearer abc text/plain attachment; filename=\"tea time.txt\"; filename*=UTF-8''tea%20time.txt",
      "green",
    ]);
    assertEquals(sent, [0, 5]);
    const saved = await saveFile(new URL(address), `${place.folder}/tea time.txt`, () => {});
    assertEquals(saved, `${place.folder}/tea time-2.txt`);
    assertEquals(Deno.readTextFileSync(saved), "/files/1/tea%20time.txt");
  },
});

Deno.test({
  name: "a refused file gives the reason, and a folder is not sent",
  ignore,
  async fn() {
    using place = temporaryFolder();
    await using server = host();
    Deno.writeTextFileSync(`${place.folder}/x`, "big");
    const file = await openFile(`${place.folder}/x`);
    const url = `http://127.0.0.1:${server.addr.port}/upload`;
    await assertRejects(() => uploadFile(url, "abc", file), Error, "The file is larger than 2 bytes");
    await assertRejects(() => openFile(place.folder), Error, "it is a folder. Pack it into a zip file");
    await assertRejects(() => openFile("/dev/null"), Error, "it is a pipe, a socket or a device");
    Deno.writeTextFileSync(`${place.folder}/empty`, "");
    await assertRejects(() => openFile(`${place.folder}/empty`), Error, "it is empty");
    await assertRejects(() => openFile(`${place.folder}/none`), Error, "the file does not exist");
  },
});

Deno.test({
  name: "a server that takes nothing, answers nothing or stops in the middle ends the transfer",
  ignore,
  async fn() {
    using place = temporaryFolder();
    const never = new AbortController();
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const { promise, resolve } = Promise.withResolvers<Response>();
      never.signal.addEventListener("abort", () => resolve(new Response("late")));
      if (request.url.endsWith("/half")) {
        const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(3)) });
        return new Response(body, { headers: { "content-length": "9" } });
      }
      return promise;
    });
    using _ended = { [Symbol.dispose]: () => never.abort() };
    const origin = `http://127.0.0.1:${server.addr.port}`;
    Deno.writeTextFileSync(`${place.folder}/x`, "green");
    const file = await openFile(`${place.folder}/x`);
    const limits = { stallMs: 40, answerMs: 40 };
    await assertRejects(
      () => uploadFile(`${origin}/upload`, "abc", file, limits),
      Error,
      "stopped receiving the file",
    );
    for (const name of ["silent", "half"]) {
      const saved = `${place.folder}/${name}`;
      const saving = () => saveFile(new URL(`${origin}/${name}`), saved, () => {}, 40);
      await assertRejects(saving, Error, "the server sends nothing");
      await assertRejects(() => Deno.stat(saved), Deno.errors.NotFound);
    }
  },
});
