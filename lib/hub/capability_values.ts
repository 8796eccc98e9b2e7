/** What stands after "=" in CAP LS 302, from the settings that hold it; undefined hides a capability. */
import type { CapabilityValues } from "../irc/capabilities.ts";
import type { Hub } from "./hub.ts";

/** The values of this server. */
export function capabilityValues({ settings }: Hub): CapabilityValues {
  return {
    multiline: `max-bytes=${settings.multilineBytes},max-lines=${settings.multilineLines}`,
  };
}
