/** What a connection costs while nothing is said: many registered clients in no channel. */

import { residentKib } from "./cpu.ts";
import { Crowd } from "./crowd.ts";
import { pause } from "./figures.ts";
import { type ServerName, startServer } from "./servers.ts";

export interface Idle {
  readonly connections: number;
  readonly beforeKib: number;
  readonly afterKib: number;
  readonly eachKib: number;
}

const settleMs = 1_500;

/** Resident memory of a fresh server before and after `connections` have come in and rested. */
export async function measureIdle(name: ServerName, connections: number): Promise<Idle> {
  const server = await startServer(name);
  try {
    await pause(settleMs);
    const beforeKib = residentKib(server.pid);
    using _crowd = await Crowd.gather(server, { count: connections, join: false });
    await pause(settleMs);
    const afterKib = residentKib(server.pid);
    return { connections, beforeKib, afterKib, eachKib: (afterKib - beforeKib) / connections };
  } finally {
    await server.stop();
  }
}
