/** The file descriptors of a run: the load has a socket for each client of each server, all in this process. */

/** The sizes of a run that need descriptors. */
export interface RunSize {
  /** Servers that are filled at the same time for the fan-out. */
  readonly servers: number;
  readonly clients: readonly number[];
  /** Idle connections of one server. */
  readonly idle: number;
}

/** Files of the benchmark itself, and sockets that the system has not closed yet. */
const spare = 200;

/** The sizes that fit into the limit, the descriptors for clients, and a sentence for each size that is smaller now. */
export function fitDescriptors(
  size: RunSize,
  limit: number,
): RunSize & { readonly descriptors: number; readonly notes: readonly string[] } {
  const descriptors = limit - spare;
  const each = Math.max(1, Math.floor(descriptors / Math.max(1, size.servers)));
  const clients = size.clients.filter((count) => count <= each);
  const idle = Math.min(size.idle, descriptors);
  const cause = `the system allows ${limit} open files`;
  const notes = [
    ...size.clients.filter((count) => count > each).map((count) =>
      `Left out ${count} clients: ${cause}, and ${size.servers} servers are filled at the same time; run "ulimit -n" or use --only`
    ),
    ...(idle < size.idle
      ? [`Measuring ${idle} idle connections, not ${size.idle}: ${cause}; run "ulimit -n"`]
      : []),
  ];
  return { ...size, clients, idle, descriptors, notes };
}
