/** Closes sockets that can be closed already. */
import type { StreamSocket } from "./stream.ts";

/** Closes a socket that can be closed already. */
export function closeQuietly(socket: StreamSocket): void {
  try {
    socket.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
