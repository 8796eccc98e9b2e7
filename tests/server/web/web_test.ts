/** HTTP itself: the web side and hostile peers. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { reachableHosts } from "../../../lib/server/start/addresses.ts";
import { type Route, sendText as sendAnswer } from "../../../lib/server/web/web.ts";
import { withDeadline } from "../../support/deadline.ts";
import { granted } from "../../support/permissions.ts";
import { readAll, sendText } from "../../support/listening.ts";
import { siteStory, startSite } from "../../support/site.ts";

const ignore = !granted("net", "read", "env");
const [elsewhere = "127.0.0.1"] = granted("sys") ? reachableHosts("0.0.0.0") : [];

Deno.test(
  "a connection with a flood of unanswered requests is cut, and they are not run",
  { ignore },
  async () => {
    let run = 0;
    const never: Route = () => {
      run++;
      return Promise.resolve();
    };
    await using site = startSite({}, { routes: [never] });
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.web.port });
    await sendText(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(500));
    await readAll(socket).catch(() => "cut");
    assert(run > 0 && run <= 16, `${run} requests were run`);
  },
);

Deno.test(
  "sequential requests and a few parallel ones are all answered on one connection",
  { ignore },
  async () => {
    const answer: Route = (_request, response) => {
      response.end("here");
      return Promise.resolve();
    };
    await using site = startSite({}, { routes: [answer] });
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.web.port });
    const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const bytes = new Uint8Array(65_536);
    for (let turn = 0; turn < 200; turn++) {
      await sendText(socket, request);
      assert(await socket.read(bytes) !== null);
    }
    await sendText(socket, request.repeat(8) + request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    assertEquals((await readAll(socket)).match(/here/g)?.length, 9);
  },
);

Deno.test("a peer has a limit of sockets, and this machine has none", {
  ignore: ignore || elsewhere === "127.0.0.1",
}, async () => {
  await using site = startSite({}, { hostname: "0.0.0.0", maxPerPeer: 3 });
  const ask = async (hostname: string) => {
    const socket = await Deno.connect({ hostname, port: site.web.port });
    await sendText(socket, "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n").catch(() => {});
    const bytes = new Uint8Array(99);
    await socket.read(bytes).catch(() => null);
    return { socket, status: new TextDecoder().decode(bytes).slice(9, 12) };
  };
  const all = [];
  for (let count = 0; count < 4; count++) all.push(await ask(elsewhere));
  assertEquals(all.map(({ status }) => status), ["404", "404", "404", "429"]);
  for (let count = 0; count < 4; count++) all.push(await ask("127.0.0.1"));
  assertEquals(all.slice(4).every(({ status }) => status === "404"), true);
  for (const { socket } of all) socket.close();
});

Deno.test("a visitor through a trusted proxy has a limit of running requests", { ignore }, async () => {
  const [gate, full] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let count = 0;
  const hold: Route = async (_request, response) => {
    if (++count === 2) full.resolve();
    await gate.promise;
    sendAnswer(response, 200, "late");
  };
  await using site = startSite({}, { maxPerPeer: 2, isTrustedProxy: () => true, routes: [hold] });
  const ask = async (address: string) => {
    const response = await fetch(site.origin, { headers: { "x-forwarded-for": address } });
    await response.body?.cancel();
    return response.status;
  };
  const waitingAnswers = [ask("203.0.113.9"), ask("203.0.113.9")];
  await full.promise;
  assertEquals(await ask("203.0.113.9"), 429);
  const other = ask("198.51.100.7");
  gate.resolve();
  assertEquals(await Promise.all([...waitingAnswers, other]), [200, 200, 200]);
  while (await ask("203.0.113.9") !== 200);
});

Deno.test("X-Forwarded-For in two lines is read completely", { ignore }, async () => {
  const tell: Route = (_request, response, _path, { address }) => {
    sendAnswer(response, 200, address);
    return Promise.resolve();
  };
  const isTrustedProxy = (address: string) => address === "127.0.0.1";
  await using site = startSite({}, { isTrustedProxy, routes: [tell] });
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.web.port });
  const headers = ["198.51.100.7", "203.0.113.9"].map((address) => `X-Forwarded-For: ${address}\r\n`);
  await sendText(socket, `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers.join("")}\r\n`);
  assertMatch(await readAll(socket), /\r\n203\.0\.113\.9\n/);
});

Deno.test(
  "all answers to a peer that leaves end, also those that wait for an earlier one",
  { ignore },
  async () => {
    const [asked, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let [open, count] = [0, 0];
    const holdOrTell: Route = (request, response) => {
      if (request.method === "HEAD") return Promise.resolve(sendAnswer(response, 200, ""));
      open++;
      if (++count === 5) asked.resolve();
      response.once("close", () => {
        if (--open === 0) ended.resolve();
      });
      return Promise.resolve();
    };
    await using site = startSite({}, { maxPerPeer: 5, isTrustedProxy: () => true, routes: [holdOrTell] });
    const headers = { "x-forwarded-for": "203.0.113.9" };
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: site.web.port });
    await sendText(
      socket,
      "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n".repeat(5),
    );
    await asked.promise;
    assertEquals((await fetch(site.origin, { method: "HEAD", headers })).status, 429);
    socket.close();
    await withDeadline(ended.promise, 3_000, () => `${open} of 5 answers are still open`);
    assertEquals((await fetch(site.origin, { method: "HEAD", headers })).status, 200);
  },
);

Deno.test("a sender that is refused gets the answer although it still sends", { ignore }, async () => {
  const refuse: Route = (_request, response) => {
    response.setHeader("connection", "close");
    sendAnswer(response, 413, "too large");
    return Promise.resolve();
  };
  await using site = startSite({}, { routes: [refuse] });
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.web.port });
  await sendText(socket, "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n");
  for (let part = 0; part < 20; part++) {
    await sendText(socket, "x".repeat(100_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertMatch(await readAll(socket), /^HTTP\/1\.1 413 [^]*too large/);
});

siteStory("a body in tiny chunks ends its connection, and one in larger chunks does not", async (site) => {
  const answersTo = async (chunk: string) => {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.web.port });
    const host = "Host: localhost\r\n";
    await sendText(
      socket,
      `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(500)}`,
    );
    // A peer that ended the connection already is what this waits for.
    await sendText(socket, `0\r\n\r\nGET /no HTTP/1.1\r\n${host}Connection: close\r\n\r\n`).catch(() => {});
    return (await readAll(socket).catch(() => "cut")).includes("HTTP/1.1 404");
  };
  assertEquals([await answersTo("1\r\nx\r\n"), await answersTo(`40\r\n${"x".repeat(64)}\r\n`)], [
    false,
    true,
  ]);
});
