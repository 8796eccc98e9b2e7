/** How long a server takes from its start until it accepts a connection. */

import { median } from "./figures.ts";
import { type ServerName, startServer } from "./servers.ts";

/** Milliseconds, the median of `runs` starts. */
export async function measureStart(name: ServerName, runs: number): Promise<number> {
  const found: number[] = [];
  for (let run = 0; run < runs; run++) {
    const server = await startServer(name);
    found.push(server.startMs);
    await server.stop();
  }
  return median(found);
}
