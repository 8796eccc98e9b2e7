/**
 * Browsers as readers: `deno run -A tests/bench/websocket.ts`. Deliveries per CPU second of the server over WebSockets,
 * beside a bare relay with npm's `ws`; and the effect on a thousand readers when ten of them stop reading. "fan-out" or
 * "stuck" behind the command measures one of the two. Linux only.
 */
import { print } from "../support/print.ts";
import { startServer as startParley } from "../support/server.ts";
import { Crowd, nickOf } from "./crowd.ts";
import { pause } from "../support/deadline.ts";
import { formatCount, median, warmMs } from "./figures.ts";
import { openFrames } from "./frame_socket.ts";
import { benchLine } from "./line.ts";
import { measureLoad } from "./load.ts";
import { LoadClient } from "./load_client.ts";
import { Pulse } from "./pulse.ts";
import type { Server } from "./servers.ts";

const readers = 100;
const rounds = 5;
const inFlight = 64;
const windowMs = 1_000;
const promisedRatio = 4;

const many = 1_000;
const stuck = 10;
const rate = 10;
const halfMs = 4_000;
const giveUpMs = 30_000;
const pollMs = 250;
/** To all stuck readers together; the buffers of the kernel have to be filled first. */
const streamLines = 25;
const streamEveryMs = 2.5;
const promisedP99 = 1.5;

interface Started extends Server {
  readonly webPort: number;
}

async function parley(): Promise<Started> {
  const server = await startParley(["--limit", "5000"]);
  return started(server.pid, server.webPort ?? 0, true, async () => void await server.kill());
}

async function relay(): Promise<Started> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const script = new URL("ws_relay.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, String(port)] }).spawn();
  for (let tries = 0; tries < 200; tries++) {
    const socket = await Deno.connect({ port }).catch(() => undefined);
    socket?.close();
    if (socket !== undefined) break;
    await pause(50);
  }
  return started(child.pid, port, false, async () => {
    child.kill("SIGKILL");
    await child.status;
  });
}

/** Closed at every end of the bench. */
const running = new Set<() => Promise<void>>();

function started(pid: number, webPort: number, speaksIrc: boolean, stop: () => Promise<void>): Started {
  running.add(stop);
  return { name: speaksIrc ? "parley" : "relay", port: 0, startMs: 0, pid, webPort, speaksIrc, stop };
}

async function gather(server: Started, count: number): Promise<Crowd> {
  const peers: LoadClient[] = [];
  for (let at = 0; at < count; at++) {
    const socket = await openFrames(server.webPort);
    if (!server.speaksIrc) peers.push(await LoadClient.over(socket, "", "welcome"));
    else {
      const hello = `NICK ${nickOf(at)}\r\nUSER ann 0 * :Ann\r\nPING in`;
      const peer = await LoadClient.over(socket, hello, " PONG ");
      await peer.ask("JOIN #tea", " 366 ");
      peers.push(peer);
    }
  }
  await pause(warmMs);
  return new Crowd(peers);
}

/** Rounds in turn, because machines are noisy; the median of each. */
async function fanOut(): Promise<void> {
  const servers = [await parley(), await relay()];
  const found = new Map<Started, number[]>();
  const pairs: { server: Started; crowd: Crowd }[] = [];
  for (const server of servers) pairs.push({ server, crowd: await gather(server, readers) });
  for (let round = 0; round < rounds; round++) {
    for (const { server, crowd } of pairs) {
      const { perCpuSecond } = await measureLoad(server, crowd, { inFlight, warmMs, windowMs });
      found.set(server, [...found.get(server) ?? [], perCpuSecond]);
    }
  }
  for (const { crowd } of pairs) crowd[Symbol.dispose]();
  const [own = NaN, rival = NaN] = servers.map((server) => median(found.get(server) ?? []));
  print(`Deliveries per CPU second, ${readers} WebSockets, ${inFlight} in flight`);
  print(`  parley ${formatCount(own)}   npm ws ${formatCount(rival)}`);
  judge(own / rival, "at least", promisedRatio);
}

async function stuckReaders(): Promise<void> {
  const server = await parley();
  const crowd = await gather(server, many + 1);
  const pulse = new Pulse(crowd, { rate, leaveOut: stuck + 1 });
  const streamer = crowd.peers[many - stuck];
  const sleepers = crowd.peers.slice(many - stuck + 1);
  const lines = sleepers.map((_, at) => repeated(benchLine(nickOf(many - stuck + 1 + at), 0, 0, 400)));
  let turn = 0;
  const stream = setInterval(
    () => streamer?.send(lines[turn++ % lines.length] ?? new Uint8Array()),
    streamEveryMs,
  );
  await pause(warmMs);
  pulse.take();
  await pause(halfMs);
  const before = pulse.take().p99Ms;
  for (const peer of sleepers) peer.pause();
  const from = performance.now();
  while (await users(server) > many + 1 - stuck && performance.now() - from < giveUpMs) await pause(pollMs);
  const cutOffMs = performance.now() - from;
  await pause(Math.max(warmMs, halfMs - cutOffMs));
  const after = pulse.take().p99Ms;
  const left = await users(server);
  clearInterval(stream);
  pulse.stop();
  crowd[Symbol.dispose]();
  print(`p99 of ${many - stuck} readers over WebSockets, ${rate} messages a second`);
  print(`  all read ${before.toFixed(1)} ms   ${stuck} stuck ${after.toFixed(1)} ms`);
  print(`  ${many + 1 - left} of ${stuck} were cut off within ${(cutOffMs / 1000).toFixed(1)} s`);
  judge(after / before, "at most", promisedP99);
}

/** How many people the server has. */
async function users({ webPort }: Started): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${webPort}/metrics`)).text();
  return Number(/^parley_users (\d+)/m.exec(text)?.[1]);
}

function repeated(line: Uint8Array): Uint8Array {
  const lines = new Uint8Array(line.length * streamLines);
  for (let at = 0; at < streamLines; at++) lines.set(line, at * line.length);
  return lines;
}

function judge(ratio: number, bound: "at least" | "at most", limit: number): void {
  const kept = bound === "at least" ? ratio >= limit : ratio <= limit;
  print(`  ratio ${ratio.toFixed(2)}, promised ${bound} ${limit}: ${kept ? "kept" : "MISSED"}`);
}

let code = 0;
try {
  if (Deno.args[0] !== "stuck") await fanOut();
  if (Deno.args[0] !== "fan-out") await stuckReaders();
} catch (error) {
  print(String(error));
  code = 1;
}
for (const stop of running) await stop();
Deno.exit(code);
