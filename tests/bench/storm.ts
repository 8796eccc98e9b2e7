/**
 * Many people come at once to a server that has just started: how long until all are registered, and in their channels.
 * A storm of registrations connects all of them as quickly as the load can. A return after a restart spreads the
 * connections over one second, and each client then joins one of the channels. The load is a worker that calls the
 * system itself (libc.ts), so that it needs little of the time that is measured.
 */
import { Assistant } from "./assistant.ts";
import type { Report } from "./report.ts";
import { type Kind, type ServerName, startServer } from "./servers.ts";
import type { OnFailure } from "./side_by_side.ts";

export interface StormOptions {
  /** The name of the row. */
  readonly what: string;
  readonly kind: Kind;
  readonly clients: number;
  /** The time over which the connections begin, evenly. */
  readonly spreadMs: number;
  /** Channels in which the clients are; 0: they only register. */
  readonly channels: number;
}

/** Everybody at once, into no channel. */
export const registrations: StormOptions = {
  what: "5000 register",
  kind: "plain",
  clients: 5_000,
  spreadMs: 0,
  channels: 0,
};

/** The people of a server that was restarted. */
export const comeBack: StormOptions = {
  what: "3000 come back",
  kind: "plain",
  clients: 3_000,
  spreadMs: 1_000,
  channels: 20,
};

/** The same over TLS. */
export const comeBackByTls: StormOptions = { ...comeBack, what: "3000 come back, tls", kind: "tls" };

export interface Storm {
  /** Until all are in. */
  readonly seconds: number;
  readonly perSecond: number;
  /** The CPU time of the server for each client. */
  readonly cpuMicroseconds: number;
  /** Connections that the server refused or closed. */
  readonly refused: number;
}

/** Each round has a fresh server: after a restart nothing is warm. */
export async function measureStorm(
  names: readonly ServerName[],
  storm: StormOptions,
  rounds: number,
  report: Pick<Report, "add">,
  onFailure: OnFailure,
): Promise<void> {
  const found = new Map<ServerName, Storm[]>();
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      try {
        found.set(name, [...found.get(name) ?? [], await measureOne(name, storm)]);
      } catch (error) {
        onFailure(name, error);
      }
    }
  }
  for (const [server, all] of found) {
    report.add({ part: "storm", what: storm.what, server }, {
      seconds: all.map(({ seconds }) => seconds),
      "per second": all.map(({ perSecond }) => perSecond),
      "CPU µs each": all.map(({ cpuMicroseconds }) => cpuMicroseconds),
      refused: all.map(({ refused }) => refused),
    });
  }
}

async function measureOne(name: ServerName, storm: StormOptions): Promise<Storm> {
  const { ports, pid, stop } = await startServer(name);
  try {
    using worker = new Assistant("storm_worker.ts");
    return await worker.ask({ ...storm, port: ports[storm.kind], pid }) as Storm;
  } finally {
    await stop();
  }
}
