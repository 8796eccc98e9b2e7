/**
 * A library can stop to listen to a socket whose last write then fails: the error reaches nobody, and would end the
 * server with everybody on it. (The library of NATS did so when its connection broke while the machine was paused.) Such
 * a socket is not used any more, so the error is only logged. Every other error that nobody handles ends the server.
 */

/** Codes of a connection that the other end, or the network, has ended. */
const codes: ReadonlySet<string> = new Set([
  ...["ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTCONN", "EPIPE"],
  "ETIMEDOUT",
]);

/** Listens for the rest of the run. */
export function logStrayErrors(log: (level: "info" | "error", text: string) => void): void {
  const take = (event: Event, error: unknown) => {
    if (!isConnectionError(error)) return;
    event.preventDefault();
    log("error", `A connection that is not used any more failed: ${error.message}`);
  };
  globalThis.addEventListener("error", (event) => take(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => take(event, event.reason));
}

/** Whether it is the failure of a connection, as node:net or Deno report it. */
export function isConnectionError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && codes.has(String(error.code));
}
