/** STS (strict transport security): tells clients to use TLS, from the settings that hold its port and duration. */
import type { Session } from "../chat/session.ts";

/** For a plain connection, the TLS port; for a TLS connection, how long to use TLS only. Undefined if STS is off. */
export function stsValue({ chat: { settings, tlsPort }, connection }: Session): string | undefined {
  if (settings.sts === 0 || tlsPort === undefined) return undefined;
  return connection.secure ? `duration=${Math.floor(settings.sts / 1000)}` : `port=${tlsPort}`;
}
