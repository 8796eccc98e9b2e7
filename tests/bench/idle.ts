/**
 * The memory of an idle connection: many registered clients in no channel. All servers are filled and idle at the same
 * time, because a runtime with a garbage collector returns memory only after half a minute.
 */

import { residentKib } from "./cpu.ts";
import { Crowd } from "./crowd.ts";
import { pause } from "../support/deadline.ts";
import type { Report } from "./report.ts";
import type { OnFailure } from "./side_by_side.ts";
import { type Kind, type ServerName, startServer } from "./servers.ts";

export interface IdleOptions {
  readonly kind: Kind;
  readonly connections: number;
  /** How long they are idle before their memory is read again; 0: it is read once. */
  readonly restMs: number;
}

const settleMs = 1_500;

export async function measureIdle(
  names: readonly ServerName[],
  options: IdleOptions,
  report: Pick<Report, "add">,
  onFailure: OnFailure,
): Promise<void> {
  await Promise.all(names.map(async (name) => {
    try {
      await measureOne(name, options, report);
    } catch (error) {
      onFailure(name, error);
    }
  }));
}

async function measureOne(
  name: ServerName,
  { kind, connections, restMs }: IdleOptions,
  report: Pick<Report, "add">,
): Promise<void> {
  const server = await startServer(name);
  try {
    await pause(settleMs);
    const withoutKib = residentKib(server.pid);
    const each = () => (residentKib(server.pid) - withoutKib) / connections;
    using crowd = await Crowd.gather(server, { count: connections, kind, join: false });
    await pause(settleMs);
    const arrivedKib = each();
    await pause(restMs);
    if (!crowd.isWhole) throw new Error(crowd.lossSentence);
    report.add({ part: "idle", what: kind, server: name }, {
      connections: [connections],
      "KiB without": [withoutKib],
      "KiB each on arrival": [arrivedKib],
      ...(restMs > 0 && { "KiB each at rest": [each()] }),
    });
  } finally {
    await server.stop();
  }
}
