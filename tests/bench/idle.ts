/**
 * The memory of an idle connection: many registered clients in no channel. All servers are filled and idle at the same
 * time, because a runtime with a garbage collector returns memory only after half a minute.
 */

import { residentKib } from "./cpu.ts";
import { Crowd } from "./crowd.ts";
import { pause } from "../support/deadline.ts";
import type { OnFailure } from "./side_by_side.ts";
import { type ServerName, startServer } from "./servers.ts";

export interface Idle {
  readonly connections: number;
  /** Resident memory of the fresh server. */
  readonly withoutKib: number;
  /** Per connection, just after all have registered. */
  readonly arrivedKib: number;
  /** Per connection, after 40 s without messages. */
  readonly restedKib: number;
}

const settleMs = 1_500;
const restMs = 40_000;

export async function measureIdle(
  names: readonly ServerName[],
  connections: number,
  onFailure: OnFailure,
): Promise<Map<ServerName, Idle>> {
  const found = new Map<ServerName, Idle>();
  await Promise.all(names.map(async (name) => {
    try {
      found.set(name, await measureOne(name, connections));
    } catch (error) {
      onFailure(name, error);
    }
  }));
  return found;
}

async function measureOne(name: ServerName, connections: number): Promise<Idle> {
  const server = await startServer(name);
  try {
    await pause(settleMs);
    const withoutKib = residentKib(server.pid);
    const each = () => (residentKib(server.pid) - withoutKib) / connections;
    using crowd = await Crowd.gather(server, { count: connections, join: false });
    await pause(settleMs);
    const arrivedKib = each();
    await pause(restMs);
    if (!crowd.isWhole) throw new Error(crowd.lossSentence);
    return { connections, withoutKib, arrivedKib, restedKib: each() };
  } finally {
    await server.stop();
  }
}
