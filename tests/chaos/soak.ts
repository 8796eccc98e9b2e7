/**
 * A soak: 500 sessions over TCP, TLS and WebSockets talk, write privately, come and go, read history and share files at
 * a moderate rate. Memory must not grow and descriptors must come back. PARLEY_SOAK_SECONDS (default 20) is its length; the
 * slope of the heap says something from five minutes on, and is judged from then on. Linux only.
 */
import { assert, assertEquals } from "@std/assert";
import { connect } from "node:tls";
import { TlsSocket } from "../../lib/net/tls_socket.ts";
import { residentKib } from "../bench/cpu.ts";
import { openFrames } from "../bench/frame_socket.ts";
import { type LineSocket, LoadClient } from "../bench/load_client.ts";
import { pause } from "../support/deadline.ts";
import { temporaryFolder } from "../support/folder.ts";
import { Peer } from "../support/peer.ts";
import { granted, programPermissions } from "../support/permissions.ts";
import { print } from "../support/print.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { upload, uploadToken } from "../support/upload.ts";
import { Chance } from "./chance.ts";

const ignore = !granted(...programPermissions) || Deno.build.os !== "linux";
const seconds = granted("env") ? Number(Deno.env.get("PARLEY_SOAK_SECONDS") ?? 20) : 0;
const sessions = 500;
const channels = 20;
/** The channels of each person. */
const channelsEach = 3;
const registerWidth = 25;
const tickMs = 50;
const sampleMs = 2_000;
/** The lowest value in each such time counts: just after a collection the memory has only what is used. */
const windowSeconds = 30;
/** The first part of the time: caches fill, and code is compiled. */
const warmShare = 0.2;
const judgedSeconds = 300;
/** Comings and goings over TLS before the time starts: the process keeps the memory that the first ones take. */
const earlierComings = seconds >= judgedSeconds ? 4_000 : 100;
/**
 * Every collection of garbage is a whole one. At this rate there would be few, and between two of them the memory grows by
 * 70 MB that nobody uses any more (the native parts of TLS connections), which hides a leak, or looks like one.
 */
const environment = { DENO_V8_FLAGS: "--gc-global" };
/** The limit of the heap. A leak of 1 KB per action would be 72 MB an hour at this rate. */
const maxSlopeMbPerHour = 60;
/** The limit of the process. The allocator keeps what TLS connections once took, so its slope is shown and not judged. */
const maxResidentMb = 300;
const fileBytes = 100_000;
const freedMs = 10_000;
/** Descriptors that the server opens late by itself. */
const spareDescriptors = 8;

Deno.test({
  name:
    `${sessions} sessions that come, talk and go for ${seconds} s leave no memory and no descriptors behind`,
  ignore,
  fn: soak,
});

async function soak(): Promise<void> {
  using place = temporaryFolder();
  await using server = await startServer(
    ["--data", place.folder, "--limit", "2000", "--send-queue", "8M"],
    environment,
  );
  const before = descriptors(server.pid);
  const crowd = new SoakCrowd(server, new Chance(1));
  await crowd.comeAndGo(earlierComings);
  await crowd.gather();
  const samples = await crowd.live(seconds);
  await crowd.leave();
  for (
    let waitedMs = 0;
    descriptors(server.pid) > before + spareDescriptors && waitedMs < freedMs;
    waitedMs += 100
  ) {
    await pause(100);
  }
  const after = descriptors(server.pid);
  const steady = samples.filter(({ s }) => s >= seconds * warmShare);
  const slope = slopePerHour(steady, ({ residentMb }) => residentMb);
  const heapSlope = slopePerHour(steady, ({ heapMb }) => heapMb);
  const [first, last] = [samples[0], samples.at(-1)];
  print(`${crowd.figures()}, in ${seconds} s`);
  print(
    `resident ${first?.residentMb.toFixed(1)} to ${last?.residentMb.toFixed(1)} MB, ${
      slope.toFixed(1)
    } MB/hour of its lows after warm-up`,
  );
  print(
    `heap ${first?.heapMb.toFixed(1)} to ${last?.heapMb.toFixed(1)} MB, ${
      heapSlope.toFixed(1)
    } MB/hour of its lows after warm-up`,
  );
  print(`descriptors ${before} before, ${last?.descriptors} with ${sessions} sessions, ${after} after`);
  assertEquals(server.stderr().includes("Bug"), false, server.stderr());
  assert(after <= before + spareDescriptors, `${after - before} descriptors are still open`);
  if (seconds >= judgedSeconds) {
    assert(heapSlope <= maxSlopeMbPerHour, `heap: ${heapSlope.toFixed(1)} MB/hour`);
  }
  assert((last?.residentMb ?? Infinity) <= maxResidentMb, `${last?.residentMb.toFixed(1)} MB`);
}

/** One measurement, this many seconds after the start. */
interface Sample {
  readonly s: number;
  readonly residentMb: number;
  readonly heapMb: number;
  readonly descriptors: number;
}

/** The people. */
class SoakCrowd {
  readonly #server: RunningServer;
  readonly #chance: Chance;
  readonly #people: LoadClient[] = [];
  readonly #counts = { messages: 0, private: 0, history: 0, files: 0, returns: 0, rejoins: 0 };
  readonly #tasks = new Set<Promise<void>>();
  readonly #faults: string[] = [];
  /** Shares the files. */
  #sharer: Peer | undefined;
  #nicks = 0;

  constructor(server: RunningServer, chance: Chance) {
    this.#server = server;
    this.#chance = chance;
  }

  /** Connections over TLS that leave again, a few at a time. */
  async comeAndGo(count: number): Promise<void> {
    const one = async () => {
      const person = await LoadClient.over(await openTls(this.#server.tlsPort ?? 0), "CAP LS 302", " LS ");
      person.close();
    };
    for (let done = 0; done < count; done += registerWidth) {
      await Promise.all(Array.from({ length: registerWidth }, one));
    }
  }

  async gather(): Promise<void> {
    this.#sharer = await Peer.connect(this.#server.port, "sharer", { caps: ["batch", "standard-replies"] });
    while (this.#people.length < sessions) {
      this.#people.push(...await Promise.all(Array.from({ length: registerWidth }, () => this.#enter())));
    }
  }

  /** Acts for so long; returns what was measured meanwhile. */
  async live(forSeconds: number): Promise<Sample[]> {
    const samples: Sample[] = [];
    const fromMs = performance.now();
    let nextSampleMs = 0;
    for (let ms = 0; ms < forSeconds * 1000; ms = performance.now() - fromMs) {
      if (ms >= nextSampleMs) {
        samples.push(await this.#measure(ms / 1000));
        nextSampleMs += sampleMs;
      }
      this.#act();
      await pause(tickMs);
    }
    await Promise.all(this.#tasks);
    assertEquals(this.#faults, []);
    return samples;
  }

  async leave(): Promise<void> {
    for (const person of this.#people) person.close();
    await this.#sharer?.[Symbol.asyncDispose]();
  }

  figures(): string {
    return Object.entries(this.#counts).map(([what, count]) => `${count} ${what}`).join(", ");
  }

  /** One of 20 a second. */
  #act(): void {
    const person = this.#chance.of(this.#people);
    const channel = channelOf(this.#chance.below(channels));
    const dice = this.#chance.below(100);
    if (dice < 60) {
      this.#counts.messages++;
      person.say(
        `PRIVMSG ${channel} :${"some words of a usual length ".repeat(1 + this.#chance.below(4))}\r\n`,
      );
    } else if (dice < 75) {
      this.#counts.private++;
      person.say(`PRIVMSG ${nickOf(this.#chance.below(this.#nicks))} :a word to you\r\n`);
    } else if (dice < 82) {
      this.#counts.history++;
      person.say(`CHATHISTORY LATEST ${channel} * 50\r\n`);
    } else if (dice < 90) {
      this.#counts.rejoins++;
      person.say(`PART ${channel}\r\nJOIN ${channel}\r\n`);
    } else if (dice < 98) {
      this.#run(this.#replace(person));
    } else {
      this.#run(this.#share());
    }
  }

  #run(task: Promise<void>): void {
    const done = task.catch((error) => this.#faults.push(String(error))).then(() =>
      void this.#tasks.delete(done)
    );
    this.#tasks.add(done);
  }

  /** A person goes, some without QUIT, and another comes. */
  async #replace(person: LoadClient): Promise<void> {
    const at = this.#people.indexOf(person);
    this.#people.splice(at, 1);
    if (this.#chance.below(2) === 0) person.say("QUIT :bye\r\n");
    await pause(tickMs);
    person.close();
    this.#counts.returns++;
    this.#people.push(await this.#enter());
  }

  async #share(): Promise<void> {
    const sharer = this.#sharer;
    if (sharer === undefined) return;
    const token = await uploadToken(sharer);
    const content = new Uint8Array(fileBytes).fill(this.#chance.below(256));
    const answer = await upload(this.#server, token, content, "application/octet-stream");
    await answer.body?.cancel();
    this.#counts.files += answer.status === 201 ? 1 : 0;
  }

  async #enter(): Promise<LoadClient> {
    const number = this.#nicks++;
    const socket = await open(this.#server, number);
    const person = await LoadClient.over(socket, "CAP LS 302", " LS ");
    const caps = "batch draft/chathistory server-time message-tags standard-replies echo-message";
    await person.ask(
      `CAP REQ :${caps}\r\nNICK ${nickOf(number)}\r\nUSER ann 0 * :Ann\r\nCAP END`,
      " 376 ",
      " 422 ",
    );
    for (let at = 0; at < channelsEach; at++) {
      await person.ask(`JOIN ${channelOf((number + at * 7) % channels)}`, " 366 ");
    }
    return person;
  }

  async #measure(s: number): Promise<Sample> {
    const { pid, webPort } = this.#server;
    const metrics = await (await fetch(`http://127.0.0.1:${webPort}/metrics`)).text();
    const heap = Number(/^process_heap_bytes (\d+)/m.exec(metrics)?.[1]);
    return {
      s,
      residentMb: residentKib(pid) / 1024,
      heapMb: heap / 1024 / 1024,
      descriptors: descriptors(pid),
    };
  }
}

/** Two of four over TCP, one over TLS, one over a WebSocket. */
async function open({ port, tlsPort, webPort }: RunningServer, number: number): Promise<LineSocket> {
  if (number % 4 === 2) return await openFrames(webPort ?? 0);
  if (number % 4 === 3) return await openTls(tlsPort ?? 0);
  return await Deno.connect({ hostname: "127.0.0.1", port });
}

function openTls(port: number): Promise<LineSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    socket.once("secureConnect", () => resolve(new TlsSocket(socket)));
    socket.once("error", reject);
  });
}

function channelOf(number: number): string {
  return `#soak${number}`;
}

function nickOf(number: number): string {
  return `ann${number}`;
}

/** The slope of the least squares through the lowest value of each window. */
function slopePerHour(all: readonly Sample[], value: (sample: Sample) => number): number {
  const windows = Map.groupBy(all, ({ s }) => Math.floor(s / windowSeconds));
  const samples = [...windows.values()].map((some) =>
    some.reduce((low, one) => value(one) < value(low) ? one : low)
  );
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [meanS, meanValue] = [mean(({ s }) => s), mean(value)];
  const above = mean((one) => (one.s - meanS) * (value(one) - meanValue));
  return above / mean(({ s }) => (s - meanS) ** 2) * 3600;
}

function descriptors(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}
