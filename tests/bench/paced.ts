/**
 * Latency at a fixed rate, as people feel it, and the share of a core that the server takes for it: an open loop, so a
 * slow server does not slow the senders down. A latency runs from the write of a message to the end of its line at each
 * client that only reads, and the percentiles are those of all these deliveries of a window. The eight senders receive
 * the same, but are not counted: InspIRCd sends to them with Nagle's algorithm, and their system delays its
 * acknowledgements, so they would wait up to 44 ms there, and a comparison with InspIRCd would be too easy.
 *
 * The load is a worker that calls the system itself (libc.ts): one thread, one loop, no promises. Deno's own sockets
 * would blur the tail: 50,000 reads a second fill a core, and their garbage makes pauses that look like the server's.
 * Compared with a load in C (epoll, one thread, the same clients and messages) in alternating windows: both take a third
 * of a core, and the last pairs were, TypeScript first: InspIRCd p50 0.81 and 0.91 ms, p99 1.5 and 1.4, p99.9 1.8 and
 * 3.2, CPU 31 and 31 %; Parley p50 0.66 and 0.63 ms, p99 2.0 and 2.8, p99.9 5.5 and 4.9, CPU 43 and 44 %.
 */
import { Assistant } from "./assistant.ts";
import type { Report } from "./report.ts";
import type { Kind, Server, ServerName } from "./servers.ts";
import { inRounds, type OnFailure, SideBySide } from "./side_by_side.ts";

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** The CPU time of the server, in hundredths of one core. */
  readonly cpuPercent: number;
}

/** The clients that the worker connects. */
export interface PacedGathering {
  readonly gather: number;
  readonly kind: Kind;
  readonly port: number;
  readonly speaksIrc: boolean;
}

/** One window. */
export interface PacedWindow {
  /** The process of the server. */
  readonly pid: number;
  /** Messages per second. */
  readonly rate: number;
  readonly warmMs: number;
  readonly windowMs: number;
}

/** A question to the worker. */
export type PacedQuestion = PacedGathering | PacedWindow | { readonly close: true };

const warmMs = 1_000;

/** The clients of one server, all in one channel and without capabilities. */
export class PacedClients implements AsyncDisposable {
  readonly #worker = new Assistant("paced_worker.ts");
  readonly #pid: number;

  private constructor(pid: number) {
    this.#pid = pid;
  }

  /** Returns when all are in the channel. */
  static async gather({ ports, pid, speaksIrc }: Server, kind: Kind, count: number): Promise<PacedClients> {
    const clients = new PacedClients(pid);
    try {
      await clients.#ask({ gather: count, kind, port: ports[kind], speaksIrc });
    } catch (error) {
      await clients[Symbol.asyncDispose]();
      throw error;
    }
    return clients;
  }

  /** Measures one window after a second of warm-up; throws when a connection has ended or deliveries are missing. */
  async measure(rate: number, windowMs: number): Promise<Latency> {
    return await this.#ask({ pid: this.#pid, rate, warmMs, windowMs }) as Latency;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ask({ close: true });
    this.#worker[Symbol.dispose]();
  }

  #ask(question: PacedQuestion): Promise<unknown> {
    return this.#worker.ask(question);
  }
}

export interface PacedOptions {
  readonly kind: Kind;
  readonly clients: number;
  /** Messages per second. */
  readonly rate: number;
  readonly rounds: number;
  readonly windowMs: number;
}

export async function measurePaced(
  names: readonly ServerName[],
  { kind, clients, rate, rounds, windowMs }: PacedOptions,
  report: Pick<Report, "add">,
  onFailure: OnFailure,
): Promise<void> {
  await using servers = await SideBySide.open(
    names,
    (server) => PacedClients.gather(server, kind, clients),
    onFailure,
  );
  const measure = ({ clients }: { readonly clients: PacedClients }) => clients.measure(rate, windowMs);
  for (const [server, all] of await inRounds(servers, rounds, measure, onFailure)) {
    report.add({ part: "paced", what: kind, server }, {
      "p50 ms": all.map(({ p50Ms }) => p50Ms),
      "p99 ms": all.map(({ p99Ms }) => p99Ms),
      "p99.9 ms": all.map(({ p999Ms }) => p999Ms),
      "max ms": all.map(({ maxMs }) => maxMs),
      "CPU %": all.map(({ cpuPercent }) => cpuPercent),
    });
  }
}
