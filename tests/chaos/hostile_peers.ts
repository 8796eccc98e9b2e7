/**
 * Hostile peers below the lines, against a whole site in this process: frames over sockets in memory, requests, PROXY
 * headers and TLS over real ones. At the end a client still gets its answer, nothing is open, and nothing was logged.
 * PARLEY_FUZZ_BYTES_SECONDS (default 2; `deno task chaos` takes 12) or PARLEY_FUZZ_INPUTS says how long it lasts,
 * PARLEY_FUZZ_SEED repeats it.
 */
import { assertEquals } from "@std/assert";
import { testCertificate } from "../support/certificate.ts";
import { type StreamSocket, webSocketConnection } from "../../lib/net/stream.ts";
import { messageRoute } from "../../lib/server/web/message_route.ts";
import { metricRoute } from "../../lib/server/web/metrics.ts";
import { openStore } from "../../lib/server/store/store.ts";
import { UploadFolder } from "../../lib/server/web/upload_folder.ts";
import { UploadRoutes } from "../../lib/server/web/upload_routes.ts";
import type { Route } from "../../lib/server/web/web.ts";
import { startListening } from "../support/listening.ts";
import { granted } from "../support/permissions.ts";
import { SlowSteps } from "../support/slow_steps.ts";
import { print } from "../support/print.ts";
import { type Site, startSite } from "../support/site.ts";
import { ask } from "../support/transcript.ts";
import { Chance } from "./chance.ts";
import { fuzzFrames, fuzzRequest, fuzzStart } from "./fuzz_bytes.ts";

/** Inputs of one connection. */
const framesAtOnce = 40;
const requestsAtOnce = 10;
const ignore = !granted("net", "read", "write", "env", "sys");

Deno.test({ name: "no bytes of a peer break the server", ignore, fn: fuzz });

/** The numbers of inputs that were sent. */
interface Figures {
  frames: number;
  requests: number;
  starts: number;
}

async function fuzz(): Promise<void> {
  const seconds = Number(Deno.env.get("PARLEY_FUZZ_BYTES_SECONDS") ?? 2);
  const inputs = Number(Deno.env.get("PARLEY_FUZZ_INPUTS") ?? Infinity);
  const seed = Number(Deno.env.get("PARLEY_FUZZ_SEED") ?? Date.now() % 1_000_000);
  const chance = new Chance(seed);
  const faults: string[] = [];
  const figures: Figures = { frames: 0, requests: 0, starts: 0 };
  const folder = await Deno.makeTempDir();
  await using _folder = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  await using site = fuzzSite(folder, faults);
  using ports = await fuzzPorts(site, faults);
  const steps = new SlowSteps();
  const startMs = performance.now();
  const endMs = inputs === Infinity ? startMs + seconds * 1000 : Infinity;
  const samples: number[] = [];
  let nextSample = 0;
  const sent = () => figures.frames + figures.requests + figures.starts;
  while (performance.now() < endMs && sent() < inputs && faults.length === 0) {
    for (let left = 10; left > 0; left--) {
      const bytes = fuzzFrames(chance, framesAtOnce);
      await steps.measure(() => sendFrames(site, bytes, chance), () => new TextDecoder().decode(bytes));
      figures.frames += framesAtOnce;
    }
    await sendRequests(site, chance);
    figures.requests += requestsAtOnce;
    await Promise.all(ports.map((port) => sendStart(port, chance)));
    figures.starts += ports.length;
    if (figures.starts % 400 === 0) await tidy(site);
    if (sent() >= nextSample) {
      samples.push(Math.round(Deno.memoryUsage().rss / 1e6));
      nextSample += Math.max(10_000, inputs === Infinity ? 0 : inputs / 10);
    }
  }
  assertEquals([faults, site.chat.log.filter((line) => line.startsWith("error"))], [[], []], `seed ${seed}`);
  const ann = await site.chat.peer("survivor");
  assertEquals(await ask(ann, "PING x"), [":chat.test PONG chat.test x"]);
  const response = await fetch(`${site.origin}/healthz`);
  assertEquals([response.status, await response.text()], [200, "ok\n"]);
  print(
    `${sent()} inputs in ${Math.round((performance.now() - startMs) / 1000)} s, seed ${seed}: ${
      JSON.stringify(figures)
    }, ${steps.figures()}, RSS ${samples.join()} MB`,
  );
}

/** Does the work that the server does every few seconds. */
async function tidy({ chat: { hub, state } }: Site): Promise<void> {
  state.store?.commit();
  hub.sweep();
  await new Promise((resolve) => setTimeout(resolve, 0));
}

function fuzzSite(folder: string, faults: string[]): Site {
  const late: Route[] = [];
  const store = openStore({ retention: { ageMs: 0, count: 200 } });
  const site = startSite({ store }, {
    deadlines: { headersMs: 300, idleMs: 300, stallMs: 300, bytesPerSecond: 1000 },
    routes: [0, 1, 2].map((at): Route => (...asked) => late[at]?.(...asked)),
    onError: (error) => void faults.push(String(error)),
  });
  const { hub, state } = site.chat;
  late.push(
    metricRoute(hub, () => true),
    messageRoute(state),
    new UploadRoutes(hub, new UploadFolder(folder)).route,
  );
  return site;
}

/** Ports for PROXY headers: with and without TLS, from a trusted proxy and from a stranger. */
async function fuzzPorts(site: Site, faults: string[]): Promise<Disposable & number[]> {
  const tls = await testCertificate();
  const kinds = [{ trusts: true }, { trusts: false }, { trusts: true, tls }, { trusts: false, tls }];
  const places = kinds.map(({ trusts, tls: pair }) =>
    startListening({
      ...(pair && { tls: pair }),
      isTrustedProxy: () => trusts,
      headerTimeoutMs: 200,
      handshakeTimeoutMs: 200,
      stream: { ...site.chat.stream, closeTimeoutMs: 100, onWrongProtocol: (which) => `No ${which}` },
      onConnection: (connection) => void site.chat.hub.attach(connection),
      onError: (error) => {
        if (!/sent a malformed header|in time/.test(String(error))) faults.push(String(error));
      },
    })
  );
  const ports = places.map(({ listener }) => listener.port);
  return Object.assign(ports, {
    [Symbol.dispose]() {
      for (const place of places) place[Symbol.dispose]();
    },
  });
}

/** Some frames over a socket in memory, in pieces of any size. */
async function sendFrames(site: Site, bytes: Uint8Array, chance: Chance): Promise<void> {
  let at = 0;
  let end: (() => void) | undefined;
  const socket: StreamSocket = {
    remoteAddr: { hostname: "10.1.2.3", port: 1 },
    read(space) {
      if (at === bytes.length) return Promise.resolve(null);
      const part = bytes.subarray(at, at + Math.min(space.length, 1 + chance.below(2_000)));
      space.set(part);
      at += part.length;
      return Promise.resolve(part.length);
    },
    write: (written) => Promise.resolve(written.length),
    closeWrite: () => Promise.resolve(),
    close: () => end?.(),
  };
  const closed = new Promise<void>((resolve) => end = resolve);
  const connection = webSocketConnection(
    socket,
    chance.of(["text", "binary", "lines"] as const),
    site.chat.stream,
  );
  await site.chat.hub.attach(connection);
  await closed;
}

/** Requests on one connection, until the server or the deadline closes it. */
async function sendRequests(site: Site, chance: Chance): Promise<void> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port: site.web.port });
  for (let left = requestsAtOnce; left > 0; left--) {
    if (!await send(socket, fuzzRequest(chance))) break;
  }
  await readToEnd(socket);
}

async function sendStart(port: number, chance: Chance): Promise<void> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  await send(socket, fuzzStart(chance));
  await readToEnd(socket);
}

async function send(socket: Deno.TcpConn, bytes: Uint8Array): Promise<boolean> {
  try {
    for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
    return true;
  } catch {
    return false;
  }
}

async function readToEnd(socket: Deno.TcpConn): Promise<void> {
  try {
    await socket.closeWrite();
    const space = new Uint8Array(65_536);
    while (await socket.read(space) !== null);
  } catch {
    // The server can reset the connection.
  } finally {
    socket.close();
  }
}
