/**
 * Errors that no code handles. A library can stop listening to a socket whose last write then fails: the library of NATS
 * did so when its connection broke while the machine was paused. The error would end the server, and nobody needs that
 * socket any more, so it is only logged. Every other error that no code handles ends the server.
 */

/** Codes of the system for a connection that the peer or the network ended. */
const codes: ReadonlySet<string> = new Set([
  ...["ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTCONN", "EPIPE"],
  "ETIMEDOUT",
]);

/** While NATS refuses a machine, each attempt to connect again can leave such an error. */
const logEveryMs = 60_000;

/** Logs errors of connections that no code handles, each kind once a minute, until the program ends. */
export function logConnectionErrors(log: (level: "info" | "error", text: string) => void): void {
  const logged = new Map<string, number>();
  const take = (event: Event, error: unknown) => {
    if (!isConnectionError(error)) return;
    event.preventDefault();
    const nowMs = performance.now();
    if (nowMs - (logged.get(error.code) ?? -Infinity) < logEveryMs) return;
    logged.set(error.code, nowMs);
    log("error", `A connection that is not used any more failed: ${error.message}`);
  };
  globalThis.addEventListener("error", (event) => take(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => take(event, event.reason));
}

/** Whether an error is the end of a connection, as node:net and Deno report it. */
export function isConnectionError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && codes.has(String(error.code));
}
