/** How long a server takes from its start until it accepts a connection. */

import type { Report } from "./report.ts";
import { type ServerName, startServer } from "./servers.ts";

/** The name of the row with a data folder that is full. */
export const largeFolder = "large data folder";
/** The name of the row without data. */
export const emptyFolder = "empty";

/** With `folder`, a data folder that stays as it is, but for what the server itself adds. */
export async function measureStart(
  name: ServerName,
  { runs, folder }: { readonly runs: number; readonly folder?: string },
  report: Pick<Report, "add">,
): Promise<void> {
  const found: number[] = [];
  for (let run = 0; run < runs; run++) {
    const server = await startServer(name, folder === undefined ? {} : { folder });
    found.push(server.startMs);
    await server.stop();
  }
  const what = folder === undefined ? emptyFolder : largeFolder;
  report.add({ part: "start", what, server: name }, { ms: found });
}
