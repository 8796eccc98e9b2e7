/** Closes sockets that can be closed already. */

/** Closes a socket that can be closed already. */
export function closeQuietly(socket: { close(): void }): void {
  try {
    socket.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
