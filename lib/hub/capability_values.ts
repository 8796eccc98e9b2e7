/** What stands after "=" in CAP LS 302, from the settings that hold it; undefined hides a capability. */
import type { CapabilityValues } from "../irc/capabilities.ts";
import { mayRegisterEarly, saslMechanisms } from "./accounts.ts";
import type { Hub } from "./hub.ts";
import type { Session } from "./session.ts";

/** The values for a session; some depend on how it is connected. */
export function capabilityValues(session: Session): CapabilityValues {
  const { hub } = session;
  const { settings } = hub;
  return {
    multiline: `max-bytes=${settings.multilineBytes},max-lines=${settings.multilineLines}`,
    register: registerValue(hub),
    sasl: saslMechanisms(session).join() || undefined,
    sts: stsValue(session),
  };
}

function registerValue(hub: Hub): string | undefined {
  if (!hub.accounts.available || hub.settings.registration === "off") return undefined;
  return mayRegisterEarly(hub) ? "before-connect" : "";
}

/** Where to come with TLS, and for those who did, for how many seconds to remember that (strict transport security). */
function stsValue({ hub: { settings, tlsPort }, connection }: Session): string | undefined {
  if (settings.sts === 0 || tlsPort === undefined) return undefined;
  return connection.secure ? `duration=${Math.floor(settings.sts / 1000)}` : `port=${tlsPort}`;
}
