/** The file descriptors of a run: the load has a socket for each client of each server, all in this process. */

/** The sizes of a run that need descriptors. */
export interface RunSize {
  readonly servers: number;
  readonly clients: readonly number[];
  readonly idle: number;
}

/** Files of the benchmark itself, and sockets that the system has not closed yet. */
const spare = 200;

/** The sizes that fit into the limit, and a sentence for each that was made smaller. */
export function fitDescriptors(
  size: RunSize,
  limit: number,
): RunSize & { readonly notes: readonly string[] } {
  const each = Math.max(1, Math.floor((limit - spare) / Math.max(1, size.servers)));
  const clients = size.clients.filter((count) => count <= each);
  const idle = Math.min(size.idle, each);
  const advice =
    `the system allows ${limit} open files, and ${size.servers} servers are measured at the same time; run "ulimit -n" or use --only`;
  const notes = [
    ...size.clients.filter((count) => count > each).map((count) => `Left out ${count} clients: ${advice}`),
    ...(idle < size.idle ? [`Measuring ${idle} idle connections, not ${size.idle}: ${advice}`] : []),
  ];
  return { ...size, clients, idle, notes };
}
